import type { Resource } from "../event/resource.ts";
import type { Dataset } from "./parser.ts";

/** Streams of Lambda: `2026/11/22/[$LATEST]0123…`, and with the function's name before the bracket in a group that functions share. */
const LAMBDA_STREAM = /^\d{4}\/\d{2}\/\d{2}\/[^[\]]*\[[^[\]]+\][0-9a-f]{32}$/;

/** Streams that CloudTrail and flow logs name themselves. */
const CLOUDTRAIL_STREAM = /^\d{12}_CloudTrail_|^o-[a-z0-9]+_\d{12}_CloudTrail_/;
const FLOW_LOG_STREAM = /^eni-[0-9a-f]+(?:-(?:all|accept|reject))?$|^tgw-attach-[0-9a-f]+/;

const CLOUDTRAIL_GROUP = /^aws-cloudtrail-logs|^CloudTrail\/|^\/aws\/cloudtrail/i;
const FLOW_LOG_GROUP = /vpc.?flow|flow.?logs?\b/i;

/** Keys have the service's name as a folder. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html */
const CLOUDTRAIL_KEY = /(?:^|\/)CloudTrail(?:-Digest|-Insight|-NetworkActivity|-Aggregated)?\//;
const FLOW_LOG_KEY = /(?:^|\/)vpcflowlogs\//;

/** Function and version in a Lambda function's own log group and stream. */
const LAMBDA_GROUP = /^\/aws\/lambda\/(.+)$/;
const STREAM_VERSION = /\[([^[\]]+)\][0-9a-f]{32}$/;

/** The data set of all that comes from here, when AWS's own names tell it. */
export function knownDataset({ logGroup, logStream = "", object }: Resource): Dataset | undefined {
  if (object !== undefined) {
    if (CLOUDTRAIL_KEY.test(object.key)) return "aws.cloudtrail";
    return FLOW_LOG_KEY.test(object.key) ? "aws.vpcflow" : undefined;
  }
  if (logGroup === undefined) return undefined;
  if (LAMBDA_GROUP.test(logGroup) || LAMBDA_STREAM.test(logStream)) return "aws.lambda";
  if (CLOUDTRAIL_GROUP.test(logGroup) || CLOUDTRAIL_STREAM.test(logStream)) return "aws.cloudtrail";
  return FLOW_LOG_GROUP.test(logGroup) || FLOW_LOG_STREAM.test(logStream) ? "aws.vpcflow" : undefined;
}

/** The function that writes to a log group and stream, as far as their names say it. */
export function functionOf({ logGroup = "", logStream = "" }: Resource): { name?: string; version?: string } {
  const name = LAMBDA_GROUP.exec(logGroup)?.[1];
  const version = STREAM_VERSION.exec(logStream)?.[1];
  return { ...(name === undefined ? {} : { name }), ...(version === undefined ? {} : { version }) };
}
