import { type EventPatternObject, GLOBAL_REGION, type ShippedRule } from "./shipped-rule.ts";

const API_CALL = "AWS API Call via CloudTrail";
const SIGN_IN = "AWS Console Sign In via CloudTrail";
const TRAIL = "a trail of management events";
const URL = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html";

/** The root user himself, not a service that acts for the account. */
const ROOT: EventPatternObject = { type: ["Root"], invokedBy: [{ exists: false }] };
/** All that {@link ROOT} does not match, so that a call by the root user is one event. */
const NOT_ROOT: EventPatternObject = {
  $or: [{ type: [{ "anything-but": "Root" }] }, { invokedBy: [{ exists: true }] }],
};

function apiCalls(service: string, eventName: readonly unknown[]): EventPatternObject {
  return {
    source: [`aws.${service}`],
    "detail-type": [API_CALL],
    detail: { eventSource: [`${service}.amazonaws.com`], eventName, userIdentity: NOT_ROOT },
  };
}

/** Calls of AWS's APIs and sign-ins to the console, which a trail brings to the default bus; calls that only read are not among them. */
export const CLOUDTRAIL_RULES: readonly ShippedRule[] = [
  {
    name: "console-sign-in-failure",
    description: "Somebody fails to sign in to the console",
    pattern: {
      source: ["aws.signin"],
      "detail-type": [SIGN_IN],
      detail: { eventName: ["ConsoleLogin"], responseElements: { ConsoleLogin: ["Failure"] } },
    },
    needs: TRAIL,
    isDefault: true,
    url: URL,
  },
  {
    name: "root-sign-in",
    description: "The root user signs in to the console",
    pattern: {
      source: ["aws.signin"],
      "detail-type": [SIGN_IN],
      detail: {
        eventName: ["ConsoleLogin"],
        userIdentity: { type: ["Root"] },
        responseElements: { ConsoleLogin: ["Success"] },
      },
    },
    needs: TRAIL,
    isDefault: true,
    url: URL,
  },
  {
    name: "root-api-call",
    description: "The root user changes something",
    pattern: { "detail-type": [API_CALL], detail: { userIdentity: ROOT } },
    needs: TRAIL,
    isDefault: true,
    url: URL,
  },
  {
    name: "security-group-change",
    description: "A security group is made, changed or deleted",
    pattern: apiCalls("ec2", [
      "AuthorizeSecurityGroupEgress",
      "AuthorizeSecurityGroupIngress",
      "CreateSecurityGroup",
      "DeleteSecurityGroup",
      "ModifySecurityGroupRules",
      "RevokeSecurityGroupEgress",
      "RevokeSecurityGroupIngress",
    ]),
    needs: TRAIL,
    isDefault: true,
    url: URL,
  },
  {
    name: "iam-change",
    description: "Users, access keys, policies or trust of IAM change",
    pattern: apiCalls("iam", [
      { prefix: "Attach" },
      { prefix: "Detach" },
      "AddUserToGroup",
      "CreateAccessKey",
      "CreateLoginProfile",
      "CreatePolicy",
      "CreatePolicyVersion",
      "CreateUser",
      "DeactivateMFADevice",
      "DeleteGroupPolicy",
      "DeletePolicy",
      "DeleteRolePolicy",
      "DeleteUserPolicy",
      "PutGroupPolicy",
      "PutRolePolicy",
      "PutUserPolicy",
      "SetDefaultPolicyVersion",
      "UpdateAssumeRolePolicy",
      "UpdateLoginProfile",
    ]),
    regions: [GLOBAL_REGION],
    needs: TRAIL,
    isDefault: true,
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html",
  },
  {
    name: "trail-change",
    description: "CloudTrail is stopped, changed or deleted",
    pattern: apiCalls("cloudtrail", [
      "DeleteEventDataStore",
      "DeleteTrail",
      "PutEventSelectors",
      "StopEventDataStoreIngestion",
      "StopLogging",
      "UpdateTrail",
    ]),
    needs: TRAIL,
    isDefault: true,
    url: URL,
  },
  {
    name: "key-deletion",
    description: "A KMS key is disabled or will be deleted",
    pattern: apiCalls("kms", ["DisableKey", "ScheduleKeyDeletion"]),
    needs: TRAIL,
    isDefault: true,
    url: URL,
  },
  {
    name: "bucket-policy-change",
    description: "Who may read a bucket changes",
    pattern: apiCalls("s3", [
      "DeleteAccountPublicAccessBlock",
      "DeleteBucketPolicy",
      "DeleteBucketPublicAccessBlock",
      "PutAccountPublicAccessBlock",
      "PutBucketAcl",
      "PutBucketPolicy",
      "PutBucketPublicAccessBlock",
    ]),
    needs: TRAIL,
    isDefault: true,
    url: URL,
  },
];
