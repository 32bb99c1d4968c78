import { ArnFormat, Aws, Stack } from "aws-cdk-lib";
import type { IConstruct } from "constructs";
import { checkStage } from "../packages/core/src/config/deploy/stage.ts";

/** What the application is called in every name. */
export const APP = "belfry";

/** The version that is deployed, as package.json says it; each stack's description has it. */
export const VERSION = "0.1.0";

/**
 * The fixed names of one stage's resources. Whoever needs a resource of another stack, region or account computes its name, so that no stack exports anything and each
 * can be removed by itself; what has no name that could be known before it is made stands in a parameter with a fixed name.
 */
export interface Names {
  readonly stage: string;
  /** `belfry-<stage>-<what>`: functions, queues, tables, streams, topics, buses. */
  of(what: string): string;
  /** `/belfry/<stage>/<what>`: the log group of a function or a service. */
  logGroup(what: string): string;
  /** `/belfry/<stage>/<what>`: a parameter of the Parameter Store. */
  parameter(what: string): string;
  /** `belfry-<stage>-<what>-<account>-<region>`: S3 buckets share one name space in the world. */
  bucket(what: string): string;
  /** `belfry-<stage>-<what>-<region>`: roles share one name space in an account. */
  role(what: string, region: string): string;
  /** The ARN of a resource in the home region and this account: `arn("kinesis", "stream", "logs", scope)`. */
  arn(service: string, resource: string, what: string, scope: IConstruct): string;
  /** The same for services that write `resource:name`, such as Lambda, or a bare name, such as SQS and SNS. */
  colonArn(service: string, resource: string | undefined, what: string, scope: IConstruct): string;
}

/** Names for a stage whose home is a region. Raises BAD_CONFIG for a stage that would make names too long or invalid. */
export function namesOf(stage: string, homeRegion: string): Names {
  checkStage(stage);
  const prefix = `${APP}-${stage}`;
  const of = (what: string): string => `${prefix}-${what}`;
  const arnOf = (scope: IConstruct, service: string, resource: string, format: ArnFormat, name: string): string =>
    Stack.of(scope).formatArn({ service, region: homeRegion, resource, resourceName: name, arnFormat: format });
  return {
    stage,
    of,
    logGroup: (what) => `/${APP}/${stage}/${what}`,
    parameter: (what) => `/${APP}/${stage}/${what}`,
    bucket: (what) => `${of(what)}-${Aws.ACCOUNT_ID}-${homeRegion}`,
    role: (what, region) => `${of(what)}-${region}`,
    arn: (service, resource, what, scope) => arnOf(scope, service, resource, ArnFormat.SLASH_RESOURCE_NAME, of(what)),
    colonArn: (service, resource, what, scope) =>
      resource === undefined
        ? Stack.of(scope).formatArn({
            service,
            region: homeRegion,
            resource: of(what),
            arnFormat: ArnFormat.NO_RESOURCE_NAME,
          })
        : arnOf(scope, service, resource, ArnFormat.COLON_RESOURCE_NAME, of(what)),
  };
}
