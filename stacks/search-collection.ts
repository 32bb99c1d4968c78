import { RemovalPolicy, type Stack } from "aws-cdk-lib";
import {
  CfnAccessPolicy,
  CfnCollection,
  CfnCollectionGroup,
  CfnSecurityPolicy,
} from "aws-cdk-lib/aws-opensearchserverless";
import type { SearchConfig } from "../packages/core/src/config/deploy/search.ts";
import { dataKey } from "./constructs/data-key.ts";
import { roleArn, SEARCH_CLUSTER, SET_UP_FUNCTION, writerRoles } from "./search-roles.ts";
import type { SearchCluster } from "./search-setup.ts";
import type { StackContext } from "./stack-context.ts";

type Settings = Extract<SearchConfig, { type: "serverless" }>;

/** Of a group, the generation that sleeps when nobody uses it. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-opensearchserverless-collectiongroup.html */
const GENERATION = "NEXTGEN";

/**
 * A serverless collection of the type search, since others take no ids, in a group that bounds what it costs. There is no lifecycle policy: only collections for time series have them.
 * https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-lifecycle.html
 */
export function addCollection(stack: Stack, context: StackContext, settings: Settings): SearchCluster {
  const { names, deployment } = context;
  const name = settings.collection ?? names.of(SEARCH_CLUSTER);
  const standbyReplicas = settings.standbyReplicas ? "ENABLED" : "DISABLED";
  const group = new CfnCollectionGroup(stack, "CollectionGroup", {
    name,
    description: `Bounds the capacity of ${name}`,
    generation: GENERATION,
    standbyReplicas,
    capacityLimits: {
      minIndexingCapacityInOcu: settings.minOcu,
      minSearchCapacityInOcu: settings.minOcu,
      maxIndexingCapacityInOcu: settings.maxOcu,
      maxSearchCapacityInOcu: settings.maxOcu,
    },
  });
  const collection = new CfnCollection(stack, "Collection", {
    name,
    description: "Documents of Belfry",
    type: "SEARCH",
    collectionGroupName: name,
    standbyReplicas,
    deletionProtection: deployment.removal === "retain" ? "ENABLED" : "DISABLED",
  });
  const encryption = addEncryption(stack, context, name);
  const network = addNetwork(stack, name, settings);
  // Kept even when the deployment that makes it fails: it is protected against deletion, which would fail in its turn.
  const retain = deployment.removal === "retain" ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
  for (const kept of [group, collection, encryption, network]) kept.applyRemovalPolicy(retain);
  collection.node.addDependency(group, encryption, network);
  const access = addAccess(stack, context, name, settings);
  return {
    endpoint: collection.attrCollectionEndpoint,
    arn: collection.attrArn,
    service: "aoss",
    dependencies: [access],
    namesRole: access,
  };
}

/** https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-encryption.html */
function addEncryption(stack: Stack, context: StackContext, name: string): CfnSecurityPolicy {
  const key = dataKey(stack, context);
  return new CfnSecurityPolicy(stack, "EncryptionPolicy", {
    name,
    type: "encryption",
    policy: stack.toJsonString({
      Rules: [{ ResourceType: "collection", Resource: [`collection/${name}`] }],
      ...(key === undefined ? { AWSOwnedKey: true } : { AWSOwnedKey: false, KmsARN: key.keyArn }),
    }),
  });
}

/** Functions are in no VPC, so the API has an address of the internet; who is let in is for the data policy to say. https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-network.html */
function addNetwork(stack: Stack, name: string, { vpcEndpoints }: Settings): CfnSecurityPolicy {
  const rule = (ResourceType: string) => ({ ResourceType, Resource: [`collection/${name}`] });
  const policy =
    vpcEndpoints.length === 0
      ? [{ Rules: [rule("collection"), rule("dashboard")], AllowFromPublic: true }]
      : [
          { Rules: [rule("collection")], AllowFromPublic: true },
          { Rules: [rule("dashboard")], AllowFromPublic: false, SourceVPCEs: vpcEndpoints },
        ];
  return new CfnSecurityPolicy(stack, "NetworkPolicy", { name, type: "network", policy: stack.toJsonString(policy) });
}

/** Permissions by what they let do: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-genref.html */
function addAccess(stack: Stack, context: StackContext, name: string, { readers }: Settings): CfnAccessPolicy {
  const collection = [`collection/${name}`];
  const index = [`index/${name}/belfry-*`];
  const grant = (description: string, principals: readonly string[], onCollection: string[], onIndex: string[]) => ({
    Description: description,
    Principal: principals,
    Rules: [
      ...(onCollection.length === 0
        ? []
        : [{ ResourceType: "collection", Resource: collection, Permission: onCollection }]),
      { ResourceType: "index", Resource: index, Permission: onIndex },
    ],
  });
  const setUp = grant(
    "index templates, and the end of old indices",
    [roleArn(stack, context, SET_UP_FUNCTION)],
    ["aoss:CreateCollectionItems", "aoss:DescribeCollectionItems", "aoss:UpdateCollectionItems"],
    ["aoss:DeleteIndex", "aoss:DescribeIndex"],
  );
  const writers = grant(
    "documents, and the indices that they make",
    writerRoles(stack, context),
    [],
    ["aoss:CreateIndex", "aoss:DescribeIndex", "aoss:UpdateIndex", "aoss:WriteDocument"],
  );
  const search = grant(
    "search",
    readers,
    ["aoss:DescribeCollectionItems"],
    ["aoss:DescribeIndex", "aoss:ReadDocument"],
  );
  return new CfnAccessPolicy(stack, "DataPolicy", {
    name,
    type: "data",
    policy: stack.toJsonString([setUp, writers, ...(readers.length === 0 ? [] : [search])]),
  });
}
