import { env } from "node:process";
import type { Process, ProcessResult } from "@belfry/core/sinks/process";

/**
 * Sends log records, parsed, enriched and redacted, to a service of our own at ORDERS_URL. What it cannot take now is brought again; what it
 * says is wrong goes to the quarantine. An error, such as a refused connection, has all of them brought again.
 */
export const process: Process = async (records, { signal }) => {
  const orders = records.map(({ id, document }) => ({ id, document }));
  const { ok, status } = await fetch(env.ORDERS_URL ?? "", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(orders),
    signal,
  });
  if (ok) return undefined;
  const outcome = status === 429 || status >= 500 ? "retry" : "reject";
  return records.map(({ id }): ProcessResult => ({ id, outcome, reason: `the orders service answered ${status}` }));
};
