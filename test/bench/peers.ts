import { OPTIONAL_PEERS, type OptionalPeer } from "./goals.ts";
import { Worker } from "./workers.ts";

/** The optional peers that this machine has, each with its process started. */
export function startOptionalPeers(): { readonly peer: OptionalPeer; readonly worker: Worker }[] {
  return OPTIONAL_PEERS.flatMap((peer) => {
    const path = process.env[peer.variable];
    if (path === undefined || path === "") return [];
    const runner = path.endsWith(".py") ? [process.env.BENCH_PYTHON ?? "python3"] : [];
    return [{ peer, worker: new Worker(peer.id, [...runner, path]) }];
  });
}
