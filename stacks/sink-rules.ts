import type { Deployment } from "../packages/core/src/config/deploy/deployment.ts";
import type { Config, SinkConfig } from "../packages/core/src/config/schema.ts";
import { BelfryError } from "../packages/core/src/platform/errors.ts";
import { LOG_STREAM } from "./ingest-stream.ts";
import type { Names } from "./names.ts";

/**
 * Sinks that are well on a laptop and cannot be deployed: files, a cluster that nothing names, and what Belfry reads itself, from where each record would come back for
 * ever. Raises BAD_CONFIG that names all of them.
 */
export function checkSinks({ sinks }: Config, deployment: Deployment, names: Names): void {
  const problems = Object.entries(sinks).flatMap(([name, sink]) => {
    const problem = problemOf(sink, deployment, names);
    return problem === undefined ? [] : [`\n  sinks.${name}: ${problem}`];
  });
  if (problems.length > 0) throw new BelfryError("BAD_CONFIG", `sinks cannot be deployed:${problems.join("")}`);
}

function problemOf(sink: SinkConfig, { ingest, region, search }: Deployment, names: Names): string | undefined {
  switch (sink.type) {
    case "file":
      return "files are for the local runtime: take another type";
    case "opensearch":
      return sink.endpoint === undefined && search.type === "none"
        ? "there is no cluster: give its endpoint, or set deploy.search"
        : undefined;
    case "kinesis":
      return sink.stream === names.of(LOG_STREAM) && (sink.region ?? region) === region
        ? `${sink.stream} is the stream that Belfry reads: each record would come back for ever`
        : undefined;
    case "s3":
      return ingest.buckets.includes(sink.bucket)
        ? `${sink.bucket} is one of ingest.buckets: each object would come back for ever`
        : undefined;
    default:
      return undefined;
  }
}
