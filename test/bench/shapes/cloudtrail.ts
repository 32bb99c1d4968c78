import { accessKeyId, type Fleet, userAgent } from "./fleet.ts";

type Json = Record<string, unknown>;

/** A call as CloudTrail sees it: service, action, and the parts of the event that depend on them. */
interface Call {
  readonly service: string;
  readonly action: string;
  readonly readOnly: boolean;
  readonly request: Json | null;
  readonly response: Json | null;
  readonly more?: Json;
}

/** Who called, with the names that the call's parameters repeat. */
interface Caller {
  readonly role: string;
  readonly roleId: string;
  readonly person: string;
  readonly identity: Json & { readonly arn: string };
}

/** A CloudTrail event as it comes through CloudWatch Logs. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html */
export function cloudtrail(fleet: Fleet, timeMs: number): string {
  const { random, region, account } = fleet;
  const who = caller(fleet, timeMs);
  const { service, action, readOnly, request, response, more } = call(fleet, who);
  const denied = random.chance(0.04) && {
    errorCode: "AccessDenied",
    errorMessage: `User: ${who.identity.arn} is not authorized to perform: ${service}:${action}`,
  };
  return JSON.stringify({
    eventVersion: "1.09",
    userIdentity: who.identity,
    eventTime: seconds(timeMs),
    eventSource: `${service}.amazonaws.com`,
    eventName: action,
    awsRegion: region,
    sourceIPAddress: random.pickSkewed(fleet.publicAddresses),
    userAgent: userAgent(random),
    ...denied,
    requestParameters: request,
    responseElements: response,
    requestID: random.uuid(),
    eventID: random.uuid(),
    readOnly,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: "Management",
    ...more,
    tlsDetails: {
      tlsVersion: "TLSv1.3",
      cipherSuite: "TLS_AES_128_GCM_SHA256",
      clientProvidedHostHeader: `${service}.${region}.amazonaws.com`,
    },
  });
}

function caller(fleet: Fleet, timeMs: number): Caller {
  const { random, account } = fleet;
  const role = random.pickSkewed(fleet.roles);
  const person = random.pickSkewed(fleet.people);
  const roleId = `AROA${role.length}EXAMPLEID${role.slice(-4).toUpperCase()}QXYZ`;
  const accessKeyId = random.pickSkewed(fleet.accessKeys);
  if (random.chance(0.1)) {
    const arn = `arn:aws:iam::${account}:user/${person}`;
    const principalId = `AIDA${random.base32(17)}`;
    return {
      role,
      roleId,
      person,
      identity: { type: "IAMUser", principalId, arn, accountId: account, accessKeyId, userName: person },
    };
  }
  const sessionIssuer = {
    type: "Role",
    principalId: roleId,
    arn: `arn:aws:iam::${account}:role/${role}`,
    accountId: account,
    userName: role,
  };
  const creationDate = seconds(timeMs - random.integer(60, 3000) * 1000);
  const identity = {
    type: "AssumedRole",
    principalId: `${roleId}:${role}-session`,
    arn: `arn:aws:sts::${account}:assumed-role/${role}/${role}-session`,
    accountId: account,
    accessKeyId,
    sessionContext: { sessionIssuer, webIdFederationData: {}, attributes: { creationDate, mfaAuthenticated: "false" } },
  };
  return { role, roleId, person, identity };
}

function call(fleet: Fleet, who: Caller): Call {
  const share = fleet.random.next();
  if (share < 0.45) return describe(fleet, who);
  if (share < 0.6) return decrypt(fleet);
  if (share < 0.75) return assumeRole(fleet, who);
  if (share < 0.9) return objectAccess(fleet);
  if (share < 0.95) return openPort(fleet);
  return createDatabase(fleet);
}

function describe(fleet: Fleet, { role }: Caller): Call {
  const { random, region, account } = fleet;
  const filterSet = { items: [{ name: "instance-state-name", valueSet: { items: [{ value: "running" }] } }] };
  const targetGroupArn = `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/web/${random.hex(16)}`;
  const networkInterfaceIdSet = { items: [{ networkInterfaceId: random.pick(fleet.interfaces) }] };
  const instancesSet = { items: [{ instanceId: random.pick(fleet.instances) }] };
  const streams = {
    logGroupName: "/aws/lambda/orders",
    orderBy: "LastEventTime",
    descending: true,
    limit: random.integer(1, 50),
  };
  const [service, action, request] = random.pick<[string, string, Json]>([
    ["ec2", "DescribeInstances", { instancesSet, filterSet }],
    ["ec2", "DescribeNetworkInterfaces", { networkInterfaceIdSet, filterSet: {} }],
    ["elasticloadbalancing", "DescribeTargetHealth", { targetGroupArn }],
    ["logs", "DescribeLogStreams", streams],
    ["iam", "ListAttachedRolePolicies", { roleName: role }],
  ]);
  return { service, action, readOnly: true, request, response: null };
}

function decrypt(fleet: Fleet): Call {
  const { random, region, account } = fleet;
  const key = `arn:aws:kms:${region}:${account}:key/${random.pick(fleet.requests)}`;
  const encryptionContext = {
    "aws:lambda:FunctionArn": `arn:aws:lambda:${region}:${account}:function:orders-${random.integer(1, 9)}`,
  };
  const more = { resources: [{ accountId: account, type: "AWS::KMS::Key", ARN: key }], sharedEventID: random.uuid() };
  const request = { encryptionAlgorithm: "SYMMETRIC_DEFAULT", keyId: key, encryptionContext };
  return { service: "kms", action: "Decrypt", readOnly: true, request, response: null, more };
}

function assumeRole(fleet: Fleet, { role, roleId, person }: Caller): Call {
  const { random, account } = fleet;
  const roleArn = `arn:aws:iam::${account}:role/${random.pick(fleet.roles)}`;
  const roleSessionName = `${role}-session`;
  const tags = [
    { key: "Email", value: person },
    { key: "CostCenter", value: random.digits(5) },
  ];
  const sessionToken = random.base64(random.integer(500, 760));
  const response = {
    credentials: { accessKeyId: accessKeyId(random, "ASIA"), sessionToken, expiration: "Oct 2, 2026 11:12:29 PM" },
    assumedRoleUser: {
      assumedRoleId: `${roleId}:${roleSessionName}`,
      arn: `arn:aws:sts::${account}:assumed-role/${role}/${roleSessionName}`,
    },
  };
  const request = { roleArn, roleSessionName, durationSeconds: 3600, tags, transitiveTagKeys: ["Email", "CostCenter"] };
  const more = { resources: [{ accountId: account, type: "AWS::IAM::Role", ARN: roleArn }] };
  return { service: "sts", action: "AssumeRole", readOnly: true, request, response, more };
}

function objectAccess(fleet: Fleet): Call {
  const { random, region, account } = fleet;
  const bucketName = `data-lake-${account}`;
  const key = `raw/dt=2026-11-${random.integer(10, 28)}/part-${random.digits(5)}-${random.uuid()}.snappy.parquet`;
  const encryption = "x-amz-server-side-encryption";
  const keyArn = `arn:aws:kms:${region}:${account}:key/${random.pick(fleet.requests)}`;
  const more = {
    additionalEventData: {
      SignatureVersion: "SigV4",
      CipherSuite: "TLS_AES_128_GCM_SHA256",
      bytesTransferredIn: random.integer(0, 9_000_000),
      SSEApplied: "SSE_KMS",
      AuthenticationMethod: "AuthHeader",
      "x-amz-id-2": random.base64(76),
      bytesTransferredOut: random.integer(0, 9_000_000),
    },
    resources: [
      { type: "AWS::S3::Object", ARN: `arn:aws:s3:::${bucketName}/${key}` },
      { accountId: account, type: "AWS::S3::Bucket", ARN: `arn:aws:s3:::${bucketName}` },
    ],
  };
  return {
    service: "s3",
    action: random.pick(["PutObject", "GetObject", "CopyObject"]),
    readOnly: false,
    request: { bucketName, Host: `${bucketName}.s3.${region}.amazonaws.com`, key, [encryption]: "aws:kms" },
    response: { [encryption]: "aws:kms", [`${encryption}-aws-kms-key-id`]: keyArn },
    more,
  };
}

function openPort({ random, account }: Fleet): Call {
  const groupId = `sg-0${random.hex(16)}`;
  const permission = { ipProtocol: "tcp", fromPort: 22, toPort: 22 };
  const ipRanges = { items: [{ cidrIp: "203.0.113.0/24" }] };
  const rule = {
    groupOwnerId: account,
    groupId,
    securityGroupRuleId: `sgr-0${random.hex(16)}`,
    isEgress: false,
    ...permission,
  };
  return {
    service: "ec2",
    action: "AuthorizeSecurityGroupIngress",
    readOnly: false,
    request: {
      groupId,
      ipPermissions: { items: [{ ...permission, groups: {}, ipRanges, ipv6Ranges: {}, prefixListIds: {} }] },
    },
    response: {
      requestId: random.uuid(),
      _return: true,
      securityGroupRuleSet: { items: [{ ...rule, cidrIpv4: "203.0.113.0/24" }] },
    },
  };
}

function createDatabase(fleet: Fleet): Call {
  const { random, region, account } = fleet;
  const name = `db-${random.hex(6)}`;
  const asked = {
    allocatedStorage: 20,
    dBInstanceClass: "db.t3.micro",
    dBInstanceIdentifier: name,
    engine: "mysql",
    masterUsername: "admin",
  };
  const subnets = ["a", "b", "c", "d"].map((zone) => ({
    subnetAvailabilityZone: { name: region + zone },
    subnetIdentifier: random.pick(fleet.subnets),
    subnetOutpost: {},
    subnetStatus: "Active",
  }));
  const response = {
    ...asked,
    associatedRoles: [],
    autoMinorVersionUpgrade: true,
    backupRetentionPeriod: 1,
    backupTarget: "region",
    cACertificateIdentifier: "rds-ca-rsa2048-g1",
    dBInstanceArn: `arn:aws:rds:${region}:${account}:db:${name}`,
    dBInstanceStatus: "creating",
    dBParameterGroups: [{ dBParameterGroupName: "default.mysql8.0", parameterApplyStatus: "in-sync" }],
    dBSubnetGroup: {
      dBSubnetGroupName: "default",
      subnetGroupStatus: "Complete",
      subnets,
      vpcId: random.pick(fleet.vpcs),
    },
    dbiResourceId: `db-${random.base32(26)}`,
    deletionProtection: false,
    engineVersion: "8.0.35",
    licenseModel: "general-public-license",
    monitoringInterval: 0,
    multiAZ: false,
    networkType: "IPV4",
    storageEncrypted: false,
    storageType: "gp2",
    tagList: [],
    vpcSecurityGroups: [{ status: "active", vpcSecurityGroupId: `sg-0${random.hex(16)}` }],
  };
  const request = { ...asked, masterUserPassword: "HIDDEN_DUE_TO_SECURITY_REASONS" };
  return { service: "rds", action: "CreateDBInstance", readOnly: false, request, response };
}

function seconds(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}
