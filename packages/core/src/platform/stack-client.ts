import { allPages, awsCall } from "./aws-call.ts";
import { perRegion, settings } from "./clients.ts";

/** A CloudFormation stack as lists have it. */
export interface StackSummary {
  readonly name: string;
  /** Such as UPDATE_COMPLETE. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html */
  readonly status: string;
  /** What the template says of itself; empty where it says nothing. */
  readonly description: string;
  /** Whether the last drift detection found a difference; false where none ever ran. */
  readonly isDrifted: boolean;
}

/** What is read of CloudFormation in one region. Each raises AwsCallError. */
export interface StackReads {
  /** All stacks that are not deleted. */
  stacks(region: string, signal: AbortSignal): Promise<readonly StackSummary[]>;
  /** A stack's outputs by their key; undefined when there is no such stack. */
  stackOutputs(
    name: string,
    region: string,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, string>> | undefined>;
}

const READ_ATTEMPTS = 3;

const cloudFormationClient = perRegion(async (region) => {
  const { CloudFormationClient } = await import("@aws-sdk/client-cloudformation");
  return new CloudFormationClient({ ...(await settings(region)), maxAttempts: READ_ATTEMPTS });
});

/** Reads the state of stacks with the environment's credentials. */
export function stackReads(): StackReads {
  return { stacks, stackOutputs };
}

async function stacks(region: string, abortSignal: AbortSignal): Promise<readonly StackSummary[]> {
  const { ListStacksCommand } = await import("@aws-sdk/client-cloudformation");
  const client = await cloudFormationClient(region);
  const all = await allPages("cloudformation:ListStacks", async (NextToken) => {
    const answer = await client.send(new ListStacksCommand({ NextToken }), { abortSignal });
    return { items: answer.StackSummaries ?? [], next: answer.NextToken };
  });
  // Deleted ones stay in the list for 90 days.
  return all
    .filter(({ StackStatus }) => StackStatus !== "DELETE_COMPLETE")
    .map(({ StackName = "", StackStatus = "", TemplateDescription = "", DriftInformation }) => ({
      name: StackName,
      status: StackStatus,
      description: TemplateDescription,
      isDrifted: DriftInformation?.StackDriftStatus === "DRIFTED",
    }));
}

async function stackOutputs(
  StackName: string,
  region: string,
  abortSignal: AbortSignal,
): Promise<Readonly<Record<string, string>> | undefined> {
  const { DescribeStacksCommand } = await import("@aws-sdk/client-cloudformation");
  const client = await cloudFormationClient(region);
  return awsCall("cloudformation:DescribeStacks", async () => {
    try {
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }), { abortSignal });
      const outputs = Stacks?.[0]?.Outputs ?? [];
      return Object.fromEntries(outputs.map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]));
    } catch (thrown) {
      // A stack that is not there is a ValidationError, as are malformed requests.
      if (thrown instanceof Error && thrown.message.includes("does not exist")) return undefined;
      throw thrown;
    }
  });
}
