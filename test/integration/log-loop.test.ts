import { type Accounting, addAccounting, emptyAccounting, total } from "@belfry/core/event/fates";
import type { Pipeline } from "@belfry/core/pipeline";
import { emfMetrics } from "@belfry/core/platform/emf";
import { createLogger } from "@belfry/core/platform/logger";
import type { LambdaHandler } from "@belfry/functions/handler";
import { kinesisHandler } from "@belfry/functions/ingest/kinesis";
import type { KinesisStreamBatchResponse, KinesisStreamEvent } from "aws-lambda";
import { expect, it } from "vitest";
import { type Envelope, envelope, kinesisEvent, zipped } from "../support/events.ts";
import { lambdaContext, memoryRuntime, memorySink } from "../support/memory-runtime.ts";

/** The function that reads the stream, with all that it logs, its metrics too, kept as lines. */
function loggingFunction() {
  const lines: string[] = [];
  const sums: Accounting = emptyAccounting();
  const sink = memorySink("archive");
  const runtime = memoryRuntime({ sinks: [sink] });
  const write = (line: string) => void lines.push(line);
  const pipeline: Pipeline = {
    run: async (source, options) => {
      const outcome = await runtime.pipeline.run(source, options);
      addAccounting(outcome.accounting, sums);
      return outcome;
    },
  };
  const handler: LambdaHandler<KinesisStreamEvent, KinesisStreamBatchResponse> = kinesisHandler({
    ...runtime,
    pipeline,
    logger: createLogger({ level: "debug", write }),
    metrics: emfMetrics({ namespace: "Belfry", maxDimensionValues: 100, write }),
  });
  /** One invocation; what it logged. */
  const take = async (one: Envelope): Promise<readonly string[]> => {
    lines.length = 0;
    await handler(kinesisEvent([zipped(one)]), lambdaContext());
    return [...lines];
  };
  return { take, sums, sink };
}

it.each(["/belfry/prod/ingest-kinesis", "/aws/lambda/cwsyn-belfry-prod-shop-0f1e2d3c"])(
  "nothing comes of its own log, fed back again and again: %s",
  async (logGroup) => {
    const { take, sums, sink } = loggingFunction();
    let logged = await take(envelope(["one", "two"]));
    expect(sink.delivered).toHaveLength(2);
    let fedBack = 0;
    for (let round = 0; round < 6; round++) {
      expect(logged.length).toBeGreaterThan(0);
      fedBack += logged.length;
      logged = await take(envelope(logged, { logGroup }));
      expect(logged.some((line) => line.includes('"LoopSuspected":'))).toBe(true);
    }
    expect(sink.delivered).toHaveLength(2);
    expect(sums).toMatchObject({ received: 2 + fedBack, routed: 2, dropped: { "own-logs": fedBack } });
    expect(total(sums.quarantined) + total(sums.retried)).toBe(0);
  },
);

it("takes in what merely sounds alike", async () => {
  const { take, sink } = loggingFunction();
  for (const logGroup of ["/apps/belfry/prod", "/belfryish/prod", "belfry", "/aws/lambda/belfry-prod"]) {
    await take(envelope(["one"], { logGroup }));
  }
  expect(sink.delivered).toHaveLength(4);
});
