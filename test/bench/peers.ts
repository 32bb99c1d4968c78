import { OPTIONAL_PEERS, type OptionalPeer } from "./goals.ts";
import { Worker } from "./workers.ts";

/** The optional peers that this machine has. */
export function optionalPeers(): { readonly goal: OptionalPeer; start(): Worker }[] {
  return OPTIONAL_PEERS.flatMap((goal) => {
    const path = process.env[goal.variable];
    if (path === undefined || path === "") return [];
    const runner = path.endsWith(".py") ? [process.env.BENCH_PYTHON ?? "python3"] : [];
    return [{ goal, start: () => new Worker(goal.id, [...runner, path]) }];
  });
}
