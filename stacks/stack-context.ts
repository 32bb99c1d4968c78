import type { Stack } from "aws-cdk-lib";
import type { Code } from "aws-cdk-lib/aws-lambda";
import type { Deployment } from "../packages/core/src/config/deploy/deployment.ts";
import type { Config } from "../packages/core/src/config/schema.ts";
import type { Names } from "./names.ts";

/** What each stack is built from. */
export interface StackContext {
  readonly config: Config;
  /** `config.deploy`, with the profile's choices filled in. */
  readonly deployment: Deployment;
  readonly names: Names;
  /** The region of the stack that is being built; `deployment.region` is the home region. */
  readonly region: string;
  /** The bundle of a function by its name in `dist/`: `code("ingest-kinesis")`. */
  readonly code: (functionName: string) => Code;
}

/** One stack, or one for each region, before it is known whether it is made. */
export interface StackPart {
  readonly name: string;
  readonly description: string;
  readonly after?: readonly string[];
  /** Left out when false. */
  readonly when?: boolean;
  readonly region?: string;
  readonly build: (stack: Stack, context: StackContext) => void;
}
