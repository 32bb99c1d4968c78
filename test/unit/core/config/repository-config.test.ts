import { resolve } from "node:path";
import { loadConfig } from "@belfry/core/config/load";
import { compareOutcome } from "@belfry/core/config/test-cases";
import { Fate } from "@belfry/core/event/fates";
import { pathId } from "@belfry/core/event/field-path";
import { readField } from "@belfry/core/event/read-field";
import { createParse } from "@belfry/core/parsers/choose";
import { createRouter } from "@belfry/core/routing/router";
import { createTransforms } from "@belfry/core/transforms/create-transforms";
import { expect, it } from "vitest";
import { batchOf } from "../../../support/batch.ts";

const config = await loadConfig(resolve(import.meta.dirname, "../../../../belfry.config.ts"));

it.each(config.tests)("belfry.config.ts: $name", ({ given, expect: expected }) => {
  const message = typeof given.message === "string" ? given.message : JSON.stringify(given.message);
  const batch = batchOf([message]);
  createParse(config.parsers)(batch);
  for (const transform of createTransforms(config)) transform.apply(batch);
  const explained = createRouter(config.routes, config.defaultRoute).explain(batch, 0);
  const fate = batch.fates.of(0) === Fate.dropped ? { dropped: batch.fates.reasonOf(0), sinks: [] } : explained;
  expect(compareOutcome(expected, { ...fate, field: (path) => readField(batch, 0, pathId(path)) })).toEqual([]);
});
