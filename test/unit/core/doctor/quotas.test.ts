import { checkDeliveryStreams, checkKinesisLimits, checkLambdaConcurrency } from "@belfry/core/doctor/quotas";
import { describe, expect, it } from "vitest";
import { run } from "./account.ts";

const provisioned = (shards: number, parallelization = 2) => ({
  ingest: { buffer: "provisioned" as const, shards, parallelization },
});

describe("lambda-concurrency", () => {
  it.each([
    ["no stream", {}, 60],
    ["3 shards, 4 batches of each at once", provisioned(3, 4), 22],
    ["an on-demand stream", { ingest: { buffer: "on-demand" as const } }, 18],
  ])("with %s needs its number", async (_, deploy, need) => {
    const at = async (value: number) => (await run(checkLambdaConcurrency, { quota: async () => value }, deploy))[0];
    expect(await at(need)).toMatchObject({ status: "ok", what: expect.stringContaining(`up to ${need}`) });
    expect(await at(need - 1)).toMatchObject({
      status: "warning",
      fix: expect.stringContaining("--quota-code L-B99A9384"),
    });
  });

  it("is unknown where Service Quotas does not know it", async () => {
    expect(await run(checkLambdaConcurrency, { quota: async () => undefined })).toMatchObject([{ status: "unknown" }]);
  });
});

describe("kinesis-limits", () => {
  const limits = (shardLimit: number, shards: number) => ({
    kinesisLimits: async () => ({ shardLimit, shards, onDemandStreamLimit: 50, onDemandStreams: 50 }),
  });

  it("does not arise without a stream", async () => {
    expect(await run(checkKinesisLimits)).toEqual([]);
  });

  it("compares shards with what is free", async () => {
    expect(await run(checkKinesisLimits, limits(500, 498), provisioned(2))).toMatchObject([
      { status: "ok", what: "498 of 500 shards are used; Belfry needs 2" },
    ]);
    expect(await run(checkKinesisLimits, limits(500, 499), provisioned(2))).toMatchObject([{ status: "warning" }]);
    expect(await run(checkKinesisLimits, limits(500, 0), provisioned(501))).toMatchObject([{ status: "problem" }]);
  });

  it("compares on-demand streams", async () => {
    const onDemand = { ingest: { buffer: "on-demand" as const } };
    expect(await run(checkKinesisLimits, limits(500, 0), onDemand)).toMatchObject([
      { status: "warning", what: "50 of 50 on-demand streams are used; Belfry needs 1" },
    ]);
  });
});

describe("delivery-streams", () => {
  it("leaves the stage's own out of what is used", async () => {
    const streams = { quota: async () => 2, deliveryStreams: async () => ["theirs", "belfry-prod-archive"] };
    expect(await run(checkDeliveryStreams, streams)).toMatchObject([
      { status: "ok", what: "1 of 2 delivery streams are used; Belfry needs 1" },
    ]);
    expect(await run(checkDeliveryStreams, streams, { archive: { direct: {} } })).toMatchObject([
      { status: "warning", what: "1 of 2 delivery streams are used; Belfry needs 2" },
    ]);
  });
});
