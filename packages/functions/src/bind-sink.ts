import type { SinkConfig } from "@belfry/core/config/schema";
import { firehosePut, kinesisPut, openSearchSender, s3Put } from "@belfry/core/platform/clients";
import type { Clock } from "@belfry/core/platform/clock";
import { BelfryError } from "@belfry/core/platform/errors";
import type { Logger } from "@belfry/core/platform/logger";
import type { Random, Sleep } from "@belfry/core/platform/retry";
import { firehoseSink } from "@belfry/core/sinks/firehose";
import { kinesisSink } from "@belfry/core/sinks/kinesis";
import { openSearchSink } from "@belfry/core/sinks/opensearch";
import { s3Sink } from "@belfry/core/sinks/s3";
import type { Sink } from "@belfry/core/sinks/sink";

/** The world as sinks want it. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly sleep: Sleep;
  readonly logger: Logger;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly retentionDays: Readonly<Record<string, number>>;
}

/** Binds one sink of the configuration to the AWS service that its type names. Raises BAD_CONFIG when the service's name is nowhere given. */
export function bindSink(name: string, sink: SinkConfig, world: World): Sink {
  switch (sink.type) {
    case "archive": {
      const stream = sink.deliveryStream ?? required(world.env, "BELFRY_ARCHIVE_STREAM", name);
      return firehoseSink({ name, put: firehosePut(stream), ...world });
    }
    case "firehose":
      return firehoseSink({ name, put: firehosePut(sink.deliveryStream, sink.region), pack: sink.pack, ...world });
    case "kinesis":
      return kinesisSink({ name, put: kinesisPut(sink.stream, sink.region), ...world });
    case "s3":
      return s3Sink({
        name,
        put: s3Put(sink.bucket, sink.region),
        prefix: sink.prefix,
        compression: sink.compression,
        ...world,
      });
    case "opensearch":
      return bindOpenSearch(name, sink, world);
    default:
      throw new BelfryError("BAD_CONFIG", `sink ${name} is of type ${sink.type}, which only the local runtime has`);
  }
}

function bindOpenSearch(name: string, sink: Extract<SinkConfig, { type: "opensearch" }>, world: World): Sink {
  const endpoint = sink.endpoint ?? required(world.env, "OPENSEARCH_URL", name);
  const signing = { service: sink.service, ...(sink.region === undefined ? {} : { region: sink.region }) };
  const send = openSearchSender(endpoint, signing);
  // AWS does not say whether serverless collections know the parameter that filters answers.
  const filterAnswers = sink.service !== "aoss";
  return openSearchSink({ name, send, maxRequestBytes: sink.maxRequestBytes, filterAnswers, ...world });
}

function required(env: World["env"], variable: string, sink: string): string {
  const value = env[variable];
  if (value === undefined || value === "") {
    throw new BelfryError("BAD_CONFIG", `sink ${sink} needs ${variable}, which the stacks set; it is not set here`);
  }
  return value;
}
