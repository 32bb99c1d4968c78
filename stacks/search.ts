import type { Stack } from "aws-cdk-lib";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { SEARCH_ARN_PARAMETER, SEARCH_ENDPOINT_PARAMETER } from "./constructs/sink-statements.ts";
import { addCollection } from "./search-collection.ts";
import { addDomain } from "./search-domain.ts";
import { addSetUp, type SearchCluster } from "./search-setup.ts";
import { addSearchStream } from "./search-stream.ts";
import type { StackContext } from "./stack-context.ts";

/** Where documents are searched: a collection or a domain, its set-up, and where others find it. */
export function search(stack: Stack, context: StackContext): void {
  const { search: settings } = context.deployment;
  if (settings.type === "none") return;
  const cluster = clusterOf(stack, context);
  const parameter = (id: string, name: string, stringValue: string) =>
    new StringParameter(stack, id, { parameterName: context.names.parameter(name), stringValue });
  parameter("Endpoint", SEARCH_ENDPOINT_PARAMETER, cluster.endpoint);
  parameter("Arn", SEARCH_ARN_PARAMETER, cluster.arn);
  addSetUp(stack, context, cluster);
  if (settings.firehose) addSearchStream(stack, context, cluster);
}

function clusterOf(stack: Stack, context: StackContext): SearchCluster {
  const { search: settings } = context.deployment;
  switch (settings.type) {
    case "serverless":
      return addCollection(stack, context, settings);
    case "domain":
      return addDomain(stack, context, settings);
    case "url": {
      const { endpoint, service, region = context.region } = settings;
      const [resource, arnService] = service === "aoss" ? ["collection", "aoss"] : ["domain", "es"];
      const any = stack.formatArn({ service: arnService, region, resource, resourceName: "*" });
      return { endpoint, arn: settings.arn ?? any, service, dependencies: [] };
    }
    default:
      throw new Error("there is no cluster where deploy.search.type is none");
  }
}
