import { type OpenSearchService, openSearchSender } from "@belfry/core/platform/clients";
import { BelfryError } from "@belfry/core/platform/errors";
import { httpSender, type SendHttp } from "@belfry/core/platform/http";
import { deleteExpired } from "@belfry/core/sinks/opensearch-expiry";
import { whenReady } from "@belfry/core/sinks/opensearch-ready";
import { type SetUpReport, setUpOpenSearch } from "@belfry/core/sinks/opensearch-setup";
import { answerCustomResource, type CustomResource, isCustomResourceEvent } from "../custom-resource.ts";
import type { LambdaHandler } from "../handler.ts";
import { inAwsTask, required, type TaskInvocation, type TaskRuntime, taskHandler } from "../task.ts";

/** The HTTP calls of the set-up: to the cluster, and to where CloudFormation waits. */
export interface SetUpCalls {
  readonly openSearch: (endpoint: string, service: OpenSearchService) => SendHttp;
  readonly answer: (origin: URL) => SendHttp;
}

const SERVICES: readonly string[] = ["es", "aoss", "none"] satisfies OpenSearchService[];

/** What an invocation without a request of CloudFormation is answered with. */
export interface SearchReport extends SetUpReport {
  /** Indices that were deleted because their retention is over. */
  readonly expired: readonly string[];
}

/**
 * Puts index templates, retention policies and the writers' role into the cluster that OPENSEARCH_URL names, as a custom resource of CloudFormation or by an event without anything in
 * it, such as a schedule's, which is answered with the report. Both may be repeated. An event also deletes the indices of a serverless collection whose retention is over, since nothing in the
 * collection does. Deleting the resource leaves the cluster as it is.
 */
export function setUpHandler(runtime: TaskRuntime, calls: SetUpCalls): LambdaHandler<object, SearchReport | null> {
  return taskHandler("search-setup", runtime, async (event, invocation) => {
    if (!isCustomResourceEvent(event)) return setUpAndExpire(runtime, calls, invocation);
    const resource: CustomResource = {
      physicalId: "belfry-search-setup",
      put: async (signal) => attributesOf(await setUp(runtime, calls, invocation, signal)),
    };
    await answerCustomResource(event, resource, calls.answer, { sleep: runtime.sleep, ...invocation });
    return null;
  });
}

async function setUpAndExpire(
  runtime: TaskRuntime,
  calls: SetUpCalls,
  invocation: TaskInvocation,
): Promise<SearchReport> {
  const { signal, logger } = invocation;
  const report = await setUp(runtime, calls, invocation, signal);
  if (serviceOf(runtime.env.BELFRY_SEARCH_SERVICE) !== "aoss") return { ...report, expired: [] };
  const send = calls.openSearch(endpointOf(runtime.env), "aoss");
  const { retentionDays } = runtime.config;
  const expired = await deleteExpired((request) => send(request, signal), retentionDays, runtime.clock.now());
  logger.info("indices deleted whose retention is over", { indices: expired });
  return { ...report, expired };
}

async function setUp(
  { env, config, random, sleep }: TaskRuntime,
  { openSearch }: SetUpCalls,
  { logger }: TaskInvocation,
  signal: AbortSignal,
): Promise<SetUpReport> {
  const service = serviceOf(env.BELFRY_SEARCH_SERVICE);
  const send = openSearch(endpointOf(env), service);
  const options = {
    send: ((request) => send(request, signal)) satisfies SendHttp,
    retentionDays: config.retentionDays,
    service,
    writerRoles: listOf(env.BELFRY_WRITER_ROLE),
    readerRoles: listOf(env.BELFRY_READER_ROLE),
  };
  const onWait = (error: BelfryError): void => logger.info("the cluster is not ready", { error });
  const report = await whenReady(() => setUpOpenSearch(options), { random, sleep, signal, onWait });
  logger.info("the cluster is set up", { ...report });
  for (const note of report.notes) logger.warn(note);
  return report;
}

function listOf(text = ""): string[] {
  return text.split(",").filter((element) => element !== "");
}

function endpointOf(env: TaskRuntime["env"]): string {
  return required(env, "OPENSEARCH_URL", "the cluster's or collection's address");
}

function serviceOf(text = "es"): OpenSearchService {
  if (SERVICES.includes(text)) return text as OpenSearchService;
  throw new BelfryError("BAD_CONFIG", `BELFRY_SEARCH_SERVICE is one of ${SERVICES.join(", ")}, got "${text}"`);
}

function attributesOf({ templates, policies, roles, notes }: SetUpReport): Readonly<Record<string, string>> {
  return {
    Templates: String(templates.length),
    Policies: String(policies.length),
    Roles: roles.join(", "),
    Notes: notes.join("; "),
  };
}

/** What Lambda calls. @public */
export const handler = inAwsTask((runtime) =>
  setUpHandler(runtime, {
    openSearch: (endpoint, service) => openSearchSender(endpoint, { service }),
    answer: (origin) => httpSender(origin),
  }),
);
