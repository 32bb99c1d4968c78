import { RETRIES_EXHAUSTED } from "@belfry/core/event/quarantine-entry";
import { idText } from "@belfry/core/event/record-id";
import type { Resource } from "@belfry/core/event/resource";
import { Stream } from "@belfry/core/event/stream";
import type { Quarantine } from "@belfry/core/sinks/sink";

/** One thing that was given up: its bytes as they came, and where from. */
export interface GivenUp {
  readonly id: string;
  readonly origin: string;
  /** Name or ARN of the stream, queue or function that brought it. */
  readonly carrier: string;
  readonly account: string;
  readonly region: string;
  readonly bytes: Uint8Array;
}

/** Keeps what was given up in the quarantine, from where it can be replayed. Raises what the quarantine raises. */
export async function keepGivenUp(quarantine: Quarantine, items: readonly GivenUp[]): Promise<void> {
  if (items.length === 0) return;
  await quarantine.put(
    items.map(({ id, origin, carrier, account, region, bytes }) => {
      const resource: Resource = { account, region, regionAssumed: true, stream: carrier };
      return {
        id: idText(new Stream(resource).seed, id),
        reason: RETRIES_EXHAUSTED,
        origin,
        resource,
        original: bytes,
      };
    }),
  );
}
