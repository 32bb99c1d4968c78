import type { ShippedRule } from "./shipped-rule.ts";

/** Instances, containers, builds and workflows. */
export const COMPUTE_RULES: readonly ShippedRule[] = [
  {
    name: "ec2-instance-state-change",
    description: "An EC2 instance changes its state",
    pattern: { source: ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"] },
    isDefault: true,
    url: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html",
  },
  {
    name: "ec2-spot-interruption",
    description: "A Spot Instance is interrupted in two minutes",
    pattern: { source: ["aws.ec2"], "detail-type": ["EC2 Spot Instance Interruption Warning"] },
    isDefault: true,
    url: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html",
  },
  {
    name: "auto-scaling-failure",
    description: "An Auto Scaling group cannot launch or terminate an instance",
    pattern: {
      source: ["aws.autoscaling"],
      "detail-type": ["EC2 Instance Launch Unsuccessful", "EC2 Instance Terminate Unsuccessful"],
    },
    isDefault: true,
    url: "https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-event-reference.html",
  },
  {
    name: "auto-scaling-change",
    description: "An Auto Scaling group has launched or terminated an instance",
    pattern: {
      source: ["aws.autoscaling"],
      "detail-type": ["EC2 Instance Launch Successful", "EC2 Instance Terminate Successful"],
    },
    isDefault: false,
    url: "https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-event-reference.html",
  },
  {
    name: "ecs-task-failure",
    description: "An ECS task cannot start, or ends because an essential container failed",
    pattern: {
      source: ["aws.ecs"],
      "detail-type": ["ECS Task State Change"],
      detail: {
        lastStatus: ["STOPPED"],
        // A task that has done its work stops with EssentialContainerExited too, but with exit code 0 everywhere.
        $or: [
          { stopCode: ["TaskFailedToStart"] },
          { stopCode: ["EssentialContainerExited"], containers: { exitCode: [{ "anything-but": [0] }] } },
        ],
      },
    },
    isDefault: true,
    url: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html",
  },
  {
    name: "ecs-deployment-failure",
    description: "A deployment of an ECS service fails",
    pattern: {
      source: ["aws.ecs"],
      "detail-type": ["ECS Deployment State Change"],
      detail: { eventName: ["SERVICE_DEPLOYMENT_FAILED"] },
    },
    needs: "the deployment circuit breaker of the service",
    isDefault: true,
    url: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html",
  },
  {
    name: "codebuild-failure",
    description: "A build of CodeBuild fails",
    pattern: {
      source: ["aws.codebuild"],
      "detail-type": ["CodeBuild Build State Change"],
      detail: { "build-status": ["FAILED", "FAULT", "TIMED_OUT"] },
    },
    isDefault: true,
    url: "https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications.html",
  },
  {
    name: "codepipeline-failure",
    description: "An execution of a CodePipeline pipeline fails",
    pattern: {
      source: ["aws.codepipeline"],
      "detail-type": ["CodePipeline Pipeline Execution State Change"],
      detail: { state: ["FAILED"] },
    },
    isDefault: true,
    url: "https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html",
  },
  {
    name: "step-functions-failure",
    description: "An execution of a state machine fails or times out",
    pattern: {
      source: ["aws.states"],
      "detail-type": ["Step Functions Execution Status Change"],
      detail: { status: ["FAILED", "TIMED_OUT"] },
    },
    isDefault: true,
    url: "https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html",
  },
];
