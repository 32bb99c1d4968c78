import { ConfigSchema } from "@belfry/core/config/schema";
import { datasetId } from "@belfry/core/event/dataset";
import { Fate } from "@belfry/core/event/fates";
import type { RecordBatch } from "@belfry/core/event/record-batch";
import { createRouter } from "@belfry/core/routing/router";
import { expect, it } from "vitest";
import { batchOf } from "../../../support/batch.ts";

const { routes } = ConfigSchema.parse({
  routes: [
    { name: "audit", pattern: { event: { dataset: ["aws.cloudtrail"] } }, sinks: ["audit", "search"], continue: true },
    { name: "aws", pattern: { event: { dataset: [{ prefix: "aws." }] } }, sinks: ["search", "archive"] },
    { name: "all", pattern: { event: { dataset: ["app.json", "aws.vpcflow"] } }, sinks: ["search"], continue: true },
  ],
});
const router = createRouter(routes, ["archive"]);

function batchWith(...datasets: string[]): RecordBatch {
  const batch = batchOf(datasets);
  for (const [record, dataset] of datasets.entries()) batch.dataset[record] = datasetId(dataset);
  return batch;
}

/** By record, the sinks that it was routed to. */
function sinksOf(batch: RecordBatch): string[][] {
  return Array.from({ length: batch.count }, (_, record) =>
    [...batch.fates.sinks].filter((sink) => sink.of(record) === Fate.routed).map(({ sink }) => sink),
  );
}

it("gives a record to the first route that takes it, and goes on only where that says so", () => {
  const batch = batchWith("aws.cloudtrail", "aws.vpcflow", "app.json", "app.text");
  router.route(batch);
  expect(sinksOf(batch)).toEqual([["audit", "search", "archive"], ["search", "archive"], ["search"], ["archive"]]);
  const routed = Object.fromEntries([...batch.fates.sinks].map(({ sink, routed: count }) => [sink, count]));
  expect(routed).toEqual({ audit: 1, search: 3, archive: 3 });
});

it("explains what it would do", () => {
  const batch = batchWith("aws.cloudtrail", "aws.vpcflow", "app.json", "app.text");
  expect([0, 1, 2, 3].map((record) => router.explain(batch, record))).toEqual([
    { route: "audit, aws", sinks: ["audit", "search", "archive"] },
    { route: "aws", sinks: ["search", "archive"] },
    { route: "all", sinks: ["search"] },
    { route: "default", sinks: ["archive"] },
  ]);
});

it("routes only open records, and makes no sink that gets none", () => {
  const batch = batchWith("aws.cloudtrail", "app.text");
  batch.fates.drop(0, "noise");
  router.route(batch);
  expect(sinksOf(batch)).toEqual([[], ["archive"]]);
});

it("keeps nothing of one batch for the next", () => {
  const [first, second] = [batchWith("aws.vpcflow"), batchWith("aws.vpcflow", "aws.vpcflow")];
  router.route(first);
  router.route(second);
  expect(sinksOf(second)).toEqual([
    ["search", "archive"],
    ["search", "archive"],
  ]);
});
