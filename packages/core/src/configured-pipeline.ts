import type { Config } from "./config/schema.ts";
import { createParse } from "./parsers/choose.ts";
import { createPipeline, type Pipeline, type PipelineParts } from "./pipeline.ts";
import { createRouter } from "./routing/router.ts";
import { createTransforms } from "./transforms/create-transforms.ts";

/** The pipeline that a configuration describes, over the sinks and the quarantine given. */
export function configuredPipeline(config: Config, ports: Pick<PipelineParts, "sinks" | "quarantine">): Pipeline {
  const router = createRouter(config.routes, config.defaultRoute);
  return createPipeline({
    parse: createParse(config.parsers, { keepOriginal: config.keepOriginal }),
    transforms: createTransforms(config),
    route: (batch) => router.route(batch),
    ...ports,
  });
}
