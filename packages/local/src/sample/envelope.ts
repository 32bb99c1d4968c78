import { gzipSync } from "node:zlib";
import type { Site } from "./estate.ts";
import type { SeededRandom } from "./random.ts";

/** One log event before it is put into an envelope. */
export interface LogLine {
  readonly timeMs: number;
  readonly message: string;
}

/** A CloudWatch Logs payload as a subscription filter sends it: gzip around JSON. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html */
export function cloudWatchPayload(
  random: SeededRandom,
  site: Site,
  logGroup: string,
  logStream: string,
  lines: readonly LogLine[],
): Buffer {
  const logEvents = lines.map(({ timeMs, message }, i) => ({
    id: eventId(random, timeMs, i),
    timestamp: timeMs,
    message,
  }));
  return pack(site, logGroup, logStream, "DATA_MESSAGE", logEvents);
}

/** The message by which CloudWatch Logs checks that a destination can be reached. */
export function controlMessage(site: Site, timeMs: number): Buffer {
  const message = "CWL CONTROL MESSAGE: Checking health of destination Kinesis stream.";
  return pack({ ...site, account: "CloudwatchLogs" }, "", "", "CONTROL_MESSAGE", [
    { id: "", timestamp: timeMs, message },
  ]);
}

function pack(
  site: Site,
  logGroup: string,
  logStream: string,
  messageType: string,
  logEvents: readonly object[],
): Buffer {
  const subscriptionFilters = messageType === "CONTROL_MESSAGE" ? [] : [`belfry-${site.region}`];
  return gzipSync(
    JSON.stringify({ messageType, owner: site.account, logGroup, logStream, subscriptionFilters, logEvents }),
  );
}

/** 56 digits that grow with time, as CloudWatch Logs gives them. */
function eventId(random: SeededRandom, timeMs: number, index: number): string {
  const counter = BigInt(timeMs) * 10n ** 41n + BigInt(index) * 10n ** 30n + BigInt(`0x${random.hex(20)}`);
  return String(39n * 10n ** 54n + counter).slice(0, 56);
}
