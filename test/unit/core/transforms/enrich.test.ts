import { type ConfigInput, ConfigSchema } from "@belfry/core/config/schema";
import { pathId } from "@belfry/core/event/field-path";
import type { RecordBatch } from "@belfry/core/event/record-batch";
import { createEnrich } from "@belfry/core/transforms/enrich";
import { describe, expect, it } from "vitest";
import { batchOf, streamOf } from "../../../support/batch.ts";
import { documentFor } from "../../../support/redacted.ts";

const ACCOUNTS = {
  "123456789012": { name: "central", labels: { team: "platform" } },
  "210987654321": { name: "shop" },
};

function enriched(config: Pick<ConfigInput, "accounts" | "enrich">, batch: RecordBatch): RecordBatch {
  createEnrich(ConfigSchema.parse(config)).apply(batch);
  return batch;
}

describe("enrichment by account", () => {
  it("adds the account's name and labels", () => {
    const document = documentFor(enriched({ accounts: ACCOUNTS }, batchOf(["x"])), 0);
    expect(document).toMatchObject({
      cloud: { account: { id: "123456789012", name: "central" } },
      labels: { team: "platform" },
    });
  });

  it("gives a record that says another account that account's name, and no label of its carrier's", () => {
    const batch = batchOf(["210987654321", "555555555555", "123456789012"]);
    for (const record of [0, 1, 2]) {
      batch.addText(record, pathId("cloud.account.id"), batch.start[record], batch.end[record]);
    }
    enriched({ accounts: ACCOUNTS }, batch);
    const documents = [0, 1, 2].map((record) => documentFor(batch, record));
    expect(documents[0]).toMatchObject({
      cloud: { account: { id: "210987654321", name: "shop" } },
      labels: { team: [] },
    });
    expect(documents[1]).toMatchObject({ cloud: { account: { id: "555555555555", name: [] } }, labels: { team: [] } });
    expect(documents[2]).toMatchObject({ cloud: { account: { id: "123456789012", name: "central" } } });
  });

  it("adds nothing for an account without a name", () => {
    const batch = batchOf(["x"], { resource: { account: "999999999999" } });
    expect(documentFor(enriched({ accounts: ACCOUNTS }, batch), 0)).not.toHaveProperty("labels");
  });
});

describe("enrichment by rule", () => {
  const enrich = [
    { logGroup: "/aws/lambda/*", environment: "test", labels: { "cost.center": "1" } },
    { logGroup: "/aws/lambda/orders", service: "orders", environment: "production" },
    { bucket: "logs-*", service: "objects" },
    { account: "1234*", logGroup: "*", labels: { home: "yes" } },
  ];

  it("adds service, environment and labels; a later rule wins, and dots in labels become underscores", () => {
    const batch = batchOf(["x"], { resource: { logGroup: "/aws/lambda/orders" } });
    expect(documentFor(enriched({ enrich }, batch), 0)).toMatchObject({
      service: { name: "orders", environment: "production" },
      labels: { cost_center: "1", home: "yes" },
    });
  });

  it("knows buckets, and applies a rule only where all that it names fits", () => {
    const object = { bucket: "logs-eu", key: "a", version: "1" };
    const batch = batchOf(["x"], { resource: { object } });
    batch.streams[0] = streamOf({ object, account: "999999999999" });
    const document = documentFor(enriched({ enrich }, batch), 0);
    expect(document).toMatchObject({ service: { name: "objects" } });
    expect(document).not.toHaveProperty("labels");
  });

  it("leaves a field that the parser found", () => {
    const batch = batchOf(["billing"], { resource: { logGroup: "/aws/lambda/orders" } });
    batch.addText(0, pathId("service.name"), 0, 7);
    expect(documentFor(enriched({ enrich }, batch), 0)).toMatchObject({ service: { name: "billing" } });
  });
});
