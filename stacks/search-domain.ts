import type { Stack } from "aws-cdk-lib";
import { CfnResourcePolicy } from "aws-cdk-lib/aws-logs";
import { CfnDomain } from "aws-cdk-lib/aws-opensearchservice";
import type { SearchConfig } from "../packages/core/src/config/deploy/search.ts";
import { dataKey } from "./constructs/data-key.ts";
import { ownLogGroup } from "./constructs/own-log-group.ts";
import { removalPolicy } from "./constructs/removal-policy.ts";
import { roleArn, SEARCH_CLUSTER, SET_UP_FUNCTION } from "./search-roles.ts";
import type { SearchCluster } from "./search-setup.ts";
import type { StackContext } from "./stack-context.ts";

type Settings = Extract<SearchConfig, { type: "domain" }>;

/** TLS 1.2 or later, with forward secrecy. https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_DomainEndpointOptions.html */
const TLS_POLICY = "Policy-Min-TLS-1-2-PFS-2023-10";

/** https://docs.aws.amazon.com/opensearch-service/latest/developerguide/createdomain-configure-slow-logs.html */
const LOGS: Readonly<Record<string, string>> = {
  ES_APPLICATION_LOGS: "opensearch-application",
  SEARCH_SLOW_LOGS: "opensearch-search-slow",
  INDEX_SLOW_LOGS: "opensearch-index-slow",
};

/** A domain, encrypted everywhere, whose only master is the function that sets it up; it has no users and passwords of its own. */
export function addDomain(stack: Stack, context: StackContext, settings: Settings): SearchCluster {
  const { names } = context;
  const domainName = names.of(SEARCH_CLUSTER);
  const arn = names.arn("es", "domain", SEARCH_CLUSTER, stack);
  const key = dataKey(stack, context);
  const domain = new CfnDomain(stack, "Domain", {
    domainName,
    engineVersion: settings.engineVersion,
    clusterConfig: clusterConfig(settings),
    ebsOptions: { ebsEnabled: true, volumeType: "gp3", volumeSize: settings.volumeGiB },
    encryptionAtRestOptions: { enabled: true, ...(key === undefined ? {} : { kmsKeyId: key.keyArn }) },
    nodeToNodeEncryptionOptions: { enabled: true },
    domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: TLS_POLICY },
    advancedSecurityOptions: {
      enabled: true,
      internalUserDatabaseEnabled: false,
      masterUserOptions: { masterUserArn: roleArn(stack, context, SET_UP_FUNCTION) },
    },
    accessPolicies: accessPolicy(stack, arn),
    logPublishingOptions: logOptions(stack, context),
    offPeakWindowOptions: { enabled: true, offPeakWindow: { windowStartTime: timeOf(settings.offPeakStart) } },
    softwareUpdateOptions: { autoSoftwareUpdateEnabled: true },
  });
  domain.cfnOptions.updatePolicy = { enableVersionUpgrade: true };
  domain.applyRemovalPolicy(removalPolicy(context));
  domain.node.addDependency(allowLogs(stack, context, arn));
  return {
    endpoint: `https://${domain.attrDomainEndpoint}`,
    arn,
    service: "es",
    dependencies: [domain],
    namesRole: domain,
  };
}

function clusterConfig(settings: Settings): CfnDomain.ClusterConfigProperty {
  const { instanceType, instanceCount, zones, dedicatedMasters } = settings;
  return {
    instanceType,
    instanceCount,
    zoneAwarenessEnabled: zones > 1,
    ...(zones > 1 ? { zoneAwarenessConfig: { availabilityZoneCount: zones } } : {}),
    dedicatedMasterEnabled: dedicatedMasters !== undefined,
    ...(dedicatedMasters === undefined
      ? {}
      : { dedicatedMasterType: dedicatedMasters.instanceType, dedicatedMasterCount: dedicatedMasters.count }),
  };
}

/** Whom the account's own policies allow to; what they may do in the domain is for its fine-grained access control to say. */
function accessPolicy(stack: Stack, arn: string): object {
  const root = stack.formatArn({ service: "iam", region: "", resource: "root" });
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: root }, Action: "es:ESHttp*", Resource: `${arn}/*` }],
  };
}

function logOptions(stack: Stack, context: StackContext): Record<string, CfnDomain.LogPublishingOptionProperty> {
  const options = Object.entries(LOGS).map(([type, what]) => {
    const { logGroupArn } = ownLogGroup(stack, `${idOf(what)}Logs`, context, what);
    return [type, { enabled: true, cloudWatchLogsLogGroupArn: logGroupArn }] as const;
  });
  return Object.fromEntries(options);
}

/** https://docs.aws.amazon.com/opensearch-service/latest/developerguide/createdomain-configure-slow-logs.html */
function allowLogs(stack: Stack, { names, region }: StackContext, domainArn: string): CfnResourcePolicy {
  const logGroups = Object.values(LOGS).map((what) =>
    stack.formatArn({ service: "logs", region, resource: `log-group:${names.logGroup(what)}:*` }),
  );
  return new CfnResourcePolicy(stack, "DomainLogsPolicy", {
    policyName: names.of("opensearch-logs"),
    policyDocument: stack.toJsonString({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "es.amazonaws.com" },
          Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:PutLogEventsBatch"],
          Resource: logGroups,
          Condition: {
            StringEquals: { "aws:SourceAccount": stack.account },
            ArnLike: { "aws:SourceArn": domainArn },
          },
        },
      ],
    }),
  });
}

function idOf(what: string): string {
  return what.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function timeOf(text: string): CfnDomain.WindowStartTimeProperty {
  const [hours, minutes] = text.split(":").map(Number);
  return { hours, minutes };
}
