import { PEOPLE, publicAddress, type Site } from "./estate.ts";
import type { SeededRandom } from "./random.ts";

interface Call {
  readonly source: string;
  readonly name: string;
  readonly readOnly: boolean;
  readonly parameters: object | null;
}

const CALLS: readonly Call[] = [
  { source: "ec2.amazonaws.com", name: "DescribeInstances", readOnly: true, parameters: { maxResults: 100 } },
  { source: "s3.amazonaws.com", name: "PutBucketPolicy", readOnly: false, parameters: { bucketName: "shop-invoices" } },
  { source: "iam.amazonaws.com", name: "CreateAccessKey", readOnly: false, parameters: { userName: "ben" } },
  { source: "sts.amazonaws.com", name: "AssumeRole", readOnly: true, parameters: { roleSessionName: "deploy" } },
  { source: "kms.amazonaws.com", name: "Decrypt", readOnly: true, parameters: null },
];

/** A CloudTrail record: an API call of a user, a console sign-in, or a call that was denied. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html */
export function cloudTrailRecord(random: SeededRandom, site: Site, timeMs: number): object {
  const person = random.pick(PEOPLE);
  const common = {
    eventVersion: "1.09",
    userIdentity: {
      type: "IAMUser",
      principalId: `AIDA${random.letters(17)}`,
      arn: `arn:aws:iam::${site.account}:user/${person}`,
      accountId: site.account,
      accessKeyId: `AKIA${random.letters(16)}`,
      userName: person,
    },
    eventTime: new Date(timeMs).toISOString().replace(/\.\d{3}Z$/, "Z"),
    awsRegion: site.region,
    sourceIPAddress: publicAddress(random),
    userAgent: random.pick([
      "aws-cli/2.22.4 md/awscrt#0.21.2 ua/2.0 os/linux",
      "console.amazonaws.com",
      "aws-sdk-js/3.700.0",
    ]),
    eventID: random.uuid(),
    eventCategory: "Management",
    managementEvent: true,
    recipientAccountId: site.account,
  };
  if (random.chance(0.15)) return { ...common, ...signIn(random) };
  const call = random.pick(CALLS);
  const denied = random.chance(0.15);
  return {
    ...common,
    eventSource: call.source,
    eventName: call.name,
    requestParameters: call.parameters,
    responseElements: null,
    requestID: random.uuid(),
    readOnly: call.readOnly,
    eventType: "AwsApiCall",
    ...(denied
      ? {
          errorCode: "AccessDenied",
          errorMessage: `User: arn:aws:iam::${site.account}:user/${person} is not authorized to perform: ${call.source.split(".")[0]}:${call.name}`,
        }
      : {}),
  };
}

function signIn(random: SeededRandom): object {
  const failed = random.chance(0.3);
  return {
    eventSource: "signin.amazonaws.com",
    eventName: "ConsoleLogin",
    eventType: "AwsConsoleSignIn",
    readOnly: false,
    requestParameters: null,
    responseElements: { ConsoleLogin: failed ? "Failure" : "Success" },
    additionalEventData: { MFAUsed: random.chance(0.8) ? "Yes" : "No", MobileVersion: "No" },
    ...(failed ? { errorMessage: "Failed authentication" } : {}),
  };
}
