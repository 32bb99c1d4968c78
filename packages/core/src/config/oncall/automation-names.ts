/** Stops an instance and starts it again, by which it comes to other hardware. https://docs.aws.amazon.com/systems-manager-automation-runbooks/latest/userguide/automation-aws-restartec2instance.html */
export const RESTART_DOCUMENT = "AWS-RestartEC2Instance";

/** By this parameter AWS's own documents are told which role to take on. */
export const ASSUMED_ROLE = "AutomationAssumeRole";
