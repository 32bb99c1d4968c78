import type { Config } from "@belfry/core/config/schema";
import type { Pipeline } from "@belfry/core/pipeline";
import type { Clock } from "@belfry/core/platform/clock";
import type { Logger } from "@belfry/core/platform/logger";
import type { Metrics } from "@belfry/core/platform/metrics";
import type { Tracer } from "@belfry/core/platform/tracer";
import type { GetObject } from "@belfry/core/sources/s3-object";

/** All that handlers use of the world: bound to AWS by `compose.ts` here, to local parts by the local runtime. */
export interface Runtime {
  readonly config: Config;
  readonly pipeline: Pipeline;
  readonly getObject: GetObject;
  readonly tracer: Tracer;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
}
