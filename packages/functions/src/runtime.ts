import type { Pipeline } from "@belfry/core/pipeline";
import type { GetObject } from "@belfry/core/sources/s3-object";
import type { HandlerRuntime } from "./handler.ts";

/** All that handlers of log records use of the world: bound to AWS by `compose.ts` here, to local parts by the local runtime. */
export interface Runtime extends HandlerRuntime {
  readonly pipeline: Pipeline;
  readonly getObject: GetObject;
}
