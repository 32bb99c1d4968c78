import { healthBackFill } from "@belfry/core/health/back-fill";
import { BelfryError } from "@belfry/core/platform/errors";
import { type HealthReads, healthReads } from "@belfry/core/platform/health-client";
import { inAwsOnCall } from "../compose-on-call.ts";
import { framedHandler, type LambdaHandler } from "../handler.ts";
import { onCallOf } from "../on-call.ts";
import type { OnCallRuntime } from "../on-call-runtime.ts";

/** What the schedule sends: how far it looks back, in hours, and whether at the whole organization. */
interface BackFillEvent {
  readonly hours?: number;
  readonly organization?: boolean;
}

const DAY_H = 24;

/** Fetches Health events that EventBridge did not bring; those that it brought are the same again, and say nothing new. */
export function backFillHandler(
  runtime: OnCallRuntime,
  readsOf: (options: { readonly organization: boolean; readonly partition: string }) => HealthReads,
): LambdaHandler<BackFillEvent, { readonly events: number }> {
  const open = onCallOf(runtime);
  return framedHandler("health-back-fill", runtime, async (event, { signal, logger, span, context }) => {
    const { hours = DAY_H, organization = false } = event;
    if (!(hours > 0)) throw new BelfryError("BAD_EVENT", `health-back-fill takes hours to look back, got ${hours}`);
    // arn:<partition>:lambda:<region>:<account>:function:<name>
    const [, partition = "aws", , , account = ""] = context.invokedFunctionArn.split(":");
    const backFill = healthBackFill({ reads: readsOf({ organization, partition }), account, logger });
    const { takeHealth } = open(runtime.dueSender(span.header), logger);
    let events = 0;
    for await (const page of backFill(runtime.clock.now() - hours * 3_600_000, signal)) {
      await takeHealth(page, signal);
      events++;
    }
    logger.info("Health events fetched", { events });
    return { events };
  });
}

/** What Lambda calls. @public */
export const handler = inAwsOnCall((runtime) => backFillHandler(runtime, healthReads));
