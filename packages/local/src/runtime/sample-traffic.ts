import { setTimeout as delay } from "node:timers/promises";
import { type SampleDelivery, sampleRound } from "../sample/sample-round.ts";
import { putObject } from "./folder-objects.ts";
import type { LocalAws } from "./local-aws.ts";

/** Sends sample traffic into the local services. */
export class SampleTraffic {
  readonly #aws: LocalAws;
  readonly #objects: string;
  #seed: number;

  /** `objects` is the folder that stands for S3. */
  constructor(aws: LocalAws, objects: string, seed: number) {
    this.#aws = aws;
    this.#objects = objects;
    this.#seed = seed;
  }

  /** One round; resolves when all of it is sent, which is before the stream's records are handled, or when the signal aborts. */
  async once(signal: AbortSignal): Promise<void> {
    for (const delivery of this.#round()) if (!signal.aborted) await this.#deliver(delivery);
  }

  /** Round after round, a delivery at a time, until the signal aborts; resolves when the last one is sent. */
  async every(intervalMs: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const delivery of this.#round()) {
        if (signal.aborted) return;
        await this.#deliver(delivery);
        await delay(intervalMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  #round(): SampleDelivery[] {
    return sampleRound(this.#seed++, Date.now());
  }

  async #deliver(delivery: SampleDelivery): Promise<void> {
    switch (delivery.road) {
      case "kinesis":
        this.#aws.stream.put(delivery.partitionKey, delivery.data);
        return;
      case "subscription":
        return this.#aws.subscription(delivery.event);
      case "firehose":
        return this.#aws.firehose(delivery.event);
      case "s3-object":
        for (const { bucket, key, body } of delivery.objects) await putObject(this.#objects, bucket, key, body);
        return this.#aws.objectQueue(delivery.event);
    }
  }
}
