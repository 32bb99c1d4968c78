import { Lazy } from "aws-cdk-lib";
import { CfnAccountPolicy } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";

export interface AccountSubscriptionProps {
  /** Named after the region, which CloudWatch Logs writes into each envelope: `belfry-eu-west-1`. */
  readonly region: string;
  /** A function, a stream or a Destination. */
  readonly destinationArn: string;
  /** Taken on by CloudWatch Logs to write to a stream or a Destination of an organization. */
  readonly roleArn?: string;
  readonly filterPattern: string;
  /** Exact names of log groups to leave out, asked for when the application is synthesized. */
  readonly exclude: () => readonly string[];
}

/** SelectionCriteria's size. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutAccountPolicy.html */
const MAX_CRITERIA_BYTES = 25 * 1024;

/** The one subscription of all log groups of an account in a region, present and to come, save those that it leaves out. */
export function addAccountSubscription(
  scope: Construct,
  id: string,
  props: AccountSubscriptionProps,
): CfnAccountPolicy {
  const { destinationArn, roleArn, filterPattern, region } = props;
  const toStream = roleArn !== undefined;
  return new CfnAccountPolicy(scope, id, {
    policyName: subscriptionName(region),
    policyType: "SUBSCRIPTION_FILTER_POLICY",
    scope: "ALL",
    policyDocument: JSON.stringify({
      DestinationArn: destinationArn,
      FilterPattern: filterPattern,
      ...(toStream ? { RoleArn: roleArn, Distribution: "Random" } : {}),
    }),
    selectionCriteria: Lazy.string({ produce: () => criteriaOf(props.exclude()) }),
  });
}

/** What Belfry calls its subscriptions in a region, with what makes one special behind it; the pipeline reads the region from it. */
export function subscriptionName(region: string, what?: string): string {
  return what === undefined ? `belfry-${region}` : `belfry-${region}-${what}`;
}

function criteriaOf(exclude: readonly string[]): string {
  const criteria = `LogGroupName NOT IN ${JSON.stringify(exclude)}`;
  const bytes = Buffer.byteLength(criteria);
  if (bytes > MAX_CRITERIA_BYTES) {
    throw new Error(
      `the account's subscription would leave out ${exclude.length} log groups in ${bytes} bytes; CloudWatch Logs takes ${MAX_CRITERIA_BYTES}: shorten deploy.ingest.exclude`,
    );
  }
  return criteria;
}
