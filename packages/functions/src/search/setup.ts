import { openSearchSender } from "@belfry/core/platform/clients";
import { httpSender, type SendHttp } from "@belfry/core/platform/http";
import { type ClusterWorld, keepCluster, setUpCluster, type UpkeepReport } from "@belfry/core/sinks/opensearch-task";
import { answerCustomResource, isCustomResourceEvent } from "../custom-resource.ts";
import type { LambdaHandler } from "../handler.ts";
import { inAwsTask, type TaskRuntime, taskHandler } from "../task.ts";

/** The HTTP calls of the set-up: to the cluster, and to where CloudFormation waits. */
export interface SetUpCalls {
  readonly openSearch: ClusterWorld["openSearch"];
  readonly answer: (origin: URL) => SendHttp;
}

/**
 * Sets the search cluster up: as a custom resource of CloudFormation, whose deletion leaves the cluster as it is, or by an event without anything in it, such as a
 * schedule's, which is answered with a report and also deletes what a collection keeps too long. Both may be repeated.
 */
export function setUpHandler(runtime: TaskRuntime, calls: SetUpCalls): LambdaHandler<object, UpkeepReport | null> {
  return taskHandler("search-setup", runtime, async (event, invocation) => {
    const { logger } = invocation;
    const { retentionDays } = runtime.config;
    const world: ClusterWorld = { ...runtime, retentionDays, openSearch: calls.openSearch, logger };
    if (!isCustomResourceEvent(event)) return keepCluster(world, invocation.signal);
    const put = async (signal: AbortSignal) => {
      const { templates, policies, roles, notes } = await setUpCluster(world, signal);
      const counts = { Templates: String(templates.length), Policies: String(policies.length) };
      return { ...counts, Roles: roles.join(", "), Notes: notes.join("; ") };
    };
    const resource = { physicalId: "belfry-search-setup", put };
    await answerCustomResource(event, resource, calls.answer, { sleep: runtime.sleep, ...invocation });
    return null;
  });
}

const openSearch: ClusterWorld["openSearch"] = (endpoint, service) => openSearchSender(endpoint, { service });

/** What Lambda calls. @public */
export const handler = inAwsTask((runtime) => setUpHandler(runtime, { openSearch, answer: (url) => httpSender(url) }));
