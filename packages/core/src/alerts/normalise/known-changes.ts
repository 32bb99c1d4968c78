import type { EventEnvelope } from "../../event/event-envelope.ts";
import { textAt } from "../../event/json-member.ts";

/** Where an event says what it is about, and how that is: paths of members below `detail`, the texts of several subjects joined. */
export interface KnownChange {
  readonly subject: readonly string[];
  readonly state: string;
}

/**
 * Events whose resources or names would not find the same thing again: an execution's ARN is another each time, the state machine's is not. By their
 * detail type. https://docs.aws.amazon.com/eventbridge/latest/ref/events.html
 */
const KNOWN: Readonly<Record<string, KnownChange>> = {
  "AWS Backup Job State Change": { subject: ["resourceArn"], state: "state" },
  "Backup Job State Change": { subject: ["resourceArn"], state: "state" },
  "CloudFormation Stack Status Change": { subject: ["stack-id"], state: "status-details.status" },
  "CodeDeploy Deployment State-change Notification": { subject: ["application", "deploymentGroup"], state: "state" },
  "CodeDeploy Instance State-change Notification": { subject: ["application", "instanceId"], state: "state" },
  "CodePipeline Action Execution State Change": { subject: ["pipeline", "stage", "action"], state: "state" },
  "CodePipeline Pipeline Execution State Change": { subject: ["pipeline"], state: "state" },
  "CodePipeline Stage Execution State Change": { subject: ["pipeline", "stage"], state: "state" },
  "Config Rules Compliance Change": {
    subject: ["configRuleName", "resourceId"],
    state: "newEvaluationResult.complianceType",
  },
  "Configuration Compliance State Change": { subject: ["resource-id", "compliance-type"], state: "compliance-status" },
  "ECR Image Scan": { subject: ["repository-name"], state: "scan-status" },
  "ECS Deployment State Change": { subject: ["deploymentId"], state: "eventName" },
  "ECS Task State Change": { subject: ["group"], state: "lastStatus" },
  "EMR Cluster State Change": { subject: ["clusterId"], state: "state" },
  "EMR Step Status Change": { subject: ["clusterId", "name"], state: "state" },
  "Glue Crawler State Change": { subject: ["crawlerName"], state: "state" },
  "Glue Job State Change": { subject: ["jobName"], state: "state" },
  "RDS DB Instance Event": { subject: ["SourceIdentifier"], state: "EventCategories" },
  "SageMaker Training Job State Change": { subject: ["TrainingJobName"], state: "TrainingJobStatus" },
  "Step Functions Execution Status Change": { subject: ["stateMachineArn"], state: "status" },
};

/** What an event is about, and its state; both undefined where it is not one of these, or lacks the members. */
export function knownChange({ detailType, detail }: EventEnvelope): { subject?: string; state?: string } {
  const known = Object.hasOwn(KNOWN, detailType) ? KNOWN[detailType] : undefined;
  if (known === undefined) return {};
  const subject = known.subject.flatMap((path) => textAt(detail, ...path.split(".")) ?? []).join("/");
  const state = textAt(detail, ...known.state.split("."));
  return { ...(subject === "" ? {} : { subject }), ...(state === undefined ? {} : { state }) };
}
