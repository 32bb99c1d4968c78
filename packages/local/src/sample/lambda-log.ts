import type { SeededRandom } from "./random.ts";

/** The lines that one invocation of a Node.js function leaves in the text format; some time out. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html */
export function lambdaTextLines(random: SeededRandom, timeMs: number): string[] {
  const requestId = random.uuid();
  const time = new Date(timeMs).toISOString();
  const durationMs = random.integer(4, 900) + random.integer(0, 99) / 100;
  const isCold = random.chance(0.3);
  const lines = isCold
    ? [
        "INIT_START Runtime Version: nodejs:24.v12\tRuntime Version ARN: arn:aws:lambda:eu-central-1::runtime:0cdcfbdefbc5e7d3343f73c2e2dd3cba17d61dea0686b404502a0c9ce83931b9",
      ]
    : [];
  lines.push(`START RequestId: ${requestId} Version: $LATEST`);
  lines.push(`${time}\t${requestId}\tINFO\torder ${random.integer(1000, 9999)} priced in ${random.integer(1, 40)} ms`);
  if (random.chance(0.2)) {
    lines.push(`${time}\t${requestId}\tERROR\tcannot reach payments: connect ETIMEDOUT 10.0.3.17:443`);
  }
  if (random.chance(0.1)) {
    lines.push(`${time} ${requestId} Task timed out after 3.00 seconds`);
  }
  lines.push(`END RequestId: ${requestId}`);
  const init = isCold ? `\tInit Duration: ${random.integer(120, 400)}.${random.integer(10, 99)} ms` : "";
  lines.push(
    `REPORT RequestId: ${requestId}\tDuration: ${durationMs.toFixed(2)} ms\tBilled Duration: ${Math.ceil(durationMs)} ms\tMemory Size: 256 MB\tMax Memory Used: ${random.integer(60, 240)} MB${init}\t`,
  );
  return lines;
}

/** The lines of one invocation in the JSON format. https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html */
export function lambdaJsonLines(random: SeededRandom, timeMs: number): string[] {
  const requestId = random.uuid();
  const time = new Date(timeMs).toISOString();
  const platform = (type: string, record: object) => JSON.stringify({ time, type, record: { requestId, ...record } });
  const durationMs = random.integer(4, 900) + random.integer(0, 999) / 1000;
  const failed = random.chance(0.1);
  return [
    platform("platform.start", { version: "$LATEST" }),
    JSON.stringify({
      timestamp: time,
      level: failed ? "ERROR" : "INFO",
      requestId,
      message: failed
        ? "parcel service refused the label"
        : `label printed for parcel ${random.integer(10_000, 99_999)}`,
    }),
    platform("platform.report", {
      metrics: {
        durationMs,
        billedDurationMs: Math.ceil(durationMs),
        memorySizeMB: 512,
        maxMemoryUsedMB: random.integer(80, 300),
      },
      status: failed ? "error" : "success",
    }),
  ];
}
