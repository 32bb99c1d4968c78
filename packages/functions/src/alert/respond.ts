import { type RespondPorts, respond } from "@belfry/core/alerts/respond/respond";
import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from "aws-lambda";
import { inAwsOnCall } from "../compose-on-call.ts";
import { withCorrections } from "../corrections.ts";
import { readUrlRequest, urlResult } from "../function-url.ts";
import { framedHandler, type LambdaHandler } from "../handler.ts";
import { onCallOf } from "../on-call.ts";
import type { OnCallRuntime } from "../on-call-runtime.ts";
import { required } from "../task.ts";

/** Answers buttons in Slack and signed links: whoever else calls is refused. */
export function respondHandler(runtime: OnCallRuntime): LambdaHandler<LambdaFunctionURLEvent, LambdaFunctionURLResult> {
  const open = onCallOf(runtime);
  const { channelPorts, config, env, table, clock } = runtime;
  const linkSecret = required(env, "BELFRY_LINK_SECRET", "the secret that links are signed with");
  const signingSecrets = Object.values(config.channels).flatMap((channel) =>
    channel.type === "slack" && channel.signingSecret !== undefined ? [channel.signingSecret] : [],
  );
  return framedHandler("alert-respond", runtime, async (event, { signal, logger, span }) => {
    const sendDue = runtime.dueSender(span.header);
    const { act } = open(sendDue, logger);
    // What is approved goes on with this trace.
    const { approve } = withCorrections({ ...runtime, logger, dueSender: () => sendDue });
    const ports: RespondPorts = {
      ...{ act, approve, table, clock, logger, linkSecret },
      ...{ secrets: channelPorts.secrets, sendTo: channelPorts.sendTo, signingSecrets: [...new Set(signingSecrets)] },
    };
    return urlResult(await respond(readUrlRequest(event), ports, signal));
  });
}

/** What Lambda calls. @public */
export const handler = inAwsOnCall(respondHandler);
