import type { CloudWatchLogsEvent } from "aws-lambda";
import { type DecodeConfig, decodeItems, type RawItem } from "./decode-items.ts";
import type { Source } from "./source.ts";

/** Where the function runs, for what the payload does not say. */
export interface FunctionPlace {
  readonly region: string;
  readonly account: string;
  /** The invocation's request id: the same when Lambda tries the same asynchronous event again. */
  readonly requestId: string;
  /** Epoch milliseconds now. */
  readonly now: number;
}

/** The payload of a subscription filter that invokes Lambda itself (`awslogs`); the whole payload is one item. */
export function subscriptionSource(event: CloudWatchLogsEvent, config: DecodeConfig, place: FunctionPlace): Source {
  const raw: RawItem = {
    item: { id: place.requestId, origin: `subscription:${place.requestId}` },
    data: event.awslogs.data,
    carrier: { name: "", region: place.region, account: place.account },
    arrivalTime: place.now,
  };
  return { items: [raw.item], batches: (batch) => decodeItems([raw], config, batch) };
}
