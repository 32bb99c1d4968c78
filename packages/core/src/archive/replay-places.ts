import { BelfryError } from "../platform/errors.ts";
import type { ReplaySource } from "./replay-request.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the objects of a source lie. */
interface ReplayPlace {
  /** The variable that names its bucket. */
  readonly variable: string;
  /** What its keys may begin with; the first is taken when none is asked for. */
  readonly prefixes: readonly string[];
}

const PLACES: Readonly<Record<ReplaySource, ReplayPlace>> = {
  quarantine: { variable: "BELFRY_QUARANTINE_BUCKET", prefixes: ["quarantine/"] },
  archive: { variable: "BELFRY_ARCHIVE_BUCKET", prefixes: ["logs/", "direct/"] },
  // https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
  "failed-batches": { variable: "BELFRY_QUARANTINE_BUCKET", prefixes: ["aws/lambda/"] },
};

/** The bucket of a source, and what its keys may begin with. Raises BAD_CONFIG when the environment does not name the bucket. */
export function placeOf(
  from: ReplaySource,
  env: Environment,
): { readonly bucket: string; readonly prefixes: readonly string[] } {
  const { variable, prefixes } = PLACES[from];
  const bucket = env[variable];
  if (bucket !== undefined && bucket !== "") return { bucket, prefixes };
  throw new BelfryError("BAD_CONFIG", `${variable} is not set: the stacks set it to the bucket of "${from}"`);
}

/** The name of the stream that is replayed into. Raises BAD_CONFIG where there is none, and says what to do. */
export function streamOf({ BELFRY_STREAM: stream }: Environment): string {
  if (stream !== undefined && stream !== "") return stream;
  throw new BelfryError(
    "BAD_CONFIG",
    "BELFRY_STREAM is not set: a replay needs the stream that the ingest function reads; set deploy.ingest.buffer to provisioned or on-demand",
  );
}
