import { accessKeyId, cardNumber, email, type Fleet, traceId } from "./fleet.ts";

const MESSAGES = [
  "Fetched order from table",
  "Order placed",
  "Payment authorised",
  "Cache miss, loading from origin",
  "Retrying upstream call",
  "Inventory reserved",
  "User signed in",
  "Queue message handled",
  "건너뛴 주문입니다",
  "Validation failed for field",
] as const;

const STACK =
  "UpstreamError: timeout\n    at call (/var/task/index.js:12:34)\n    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)\n" +
  "    at async handler (/var/task/index.js:88:12)";

/** What a function writes: the service's START, END and REPORT lines, Node's tabbed console lines, and JSON of its own logger. */
export function lambda(fleet: Fleet, timeMs: number): string {
  const { random } = fleet;
  const share = random.next();
  const request = random.pick(fleet.requests);
  if (share < 0.07) return `START RequestId: ${request} Version: $LATEST\n`;
  if (share < 0.14) return `END RequestId: ${request}\n`;
  if (share < 0.21) return report(fleet, request);
  if (share < 0.36) return tabbed(fleet, request, timeMs);
  return json(fleet, request, timeMs);
}

function report({ random }: Fleet, request: string): string {
  const duration = random.next() * 900;
  const init = random.chance(0.05) ? `Init Duration: ${(random.next() * 800).toFixed(2)} ms\t` : "";
  return (
    `REPORT RequestId: ${request}\tDuration: ${duration.toFixed(2)} ms\tBilled Duration: ${Math.ceil(duration)} ms\tMemory Size: 512 MB\t` +
    `Max Memory Used: ${random.integer(80, 300)} MB\t${init}\nXRAY TraceId: ${traceId(random)}\tSegmentId: ${random.hex(16)}\tSampled: true\t\n`
  );
}

function tabbed({ random }: Fleet, request: string, timeMs: number): string {
  const level = random.pick(["INFO", "INFO", "WARN", "ERROR"]);
  const text = `${random.pick(MESSAGES)} id=${random.integer(1, 1_000_000)} ms=${random.integer(1, 900)}`;
  const user = random.chance(0.05) ? ` user=${email(random)}` : "";
  return `${new Date(timeMs).toISOString()}\t${request}\t${level}\t${text}${user}\n`;
}

function json({ random, region, account }: Fleet, requestId: string, timeMs: number): string {
  return JSON.stringify({
    timestamp: new Date(timeMs).toISOString(),
    level: random.pick(["INFO", "INFO", "INFO", "DEBUG", "WARN", "ERROR"]),
    requestId,
    service: "orders",
    cold_start: random.chance(0.02),
    function_name: "orders-api",
    function_memory_size: 512,
    function_arn: `arn:aws:lambda:${region}:${account}:function:orders-api`,
    xray_trace_id: traceId(random),
    message: random.pick(MESSAGES),
    order: {
      id: `ord-${random.hex(10)}`,
      amount: Number((random.next() * 500).toFixed(2)),
      currency: random.pick(["USD", "KRW", "EUR"]),
      items: random.integer(1, 9),
      ...(random.chance(0.04) && { customer: email(random) }),
      ...(random.chance(0.01) && { card: cardNumber(random) }),
    },
    latency_ms: random.integer(1, 900),
    ...(random.chance(0.005) && { aws_access_key_id: accessKeyId(random, "AKIA") }),
    ...(random.chance(0.03) && { error: { name: "UpstreamError", stack: STACK } }),
  });
}
