import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { OpenSearchClient } from "./opensearch-client.ts";

const DEADLINE_MS = 180_000;
const INTERVAL_MS = 200;

/** Waits until the server answers and all its indices can be read. Raises what `failure` gives as soon as it gives something, and when three minutes are over. */
export async function untilHealthy(url: string, failure: () => string | undefined): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await isHealthy(url))) {
    const failed = failure() ?? (performance.now() > deadline ? `no answer within ${DEADLINE_MS} ms` : undefined);
    if (failed !== undefined) throw new Error(`OpenSearch did not start: ${failed}`);
    await delay(INTERVAL_MS);
  }
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    // On a single node replicas find no place, so it never gets green.
    const { status } = await new OpenSearchClient(url).call(
      "GET",
      "/_cluster/health?wait_for_status=yellow&timeout=1s",
    );
    return status === 200;
  } catch {
    // Nobody listens yet.
    return false;
  }
}

/** A port of 127.0.0.1 on which nobody listens. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
