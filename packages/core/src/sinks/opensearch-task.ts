import type { OpenSearchService } from "../platform/clients.ts";
import type { Clock } from "../platform/clock.ts";
import { BelfryError } from "../platform/errors.ts";
import type { SendHttp } from "../platform/http.ts";
import type { Logger } from "../platform/logger.ts";
import type { Random, Sleep } from "../platform/retry.ts";
import type { RetentionDays } from "./index-name.ts";
import { deleteExpired } from "./opensearch-expiry.ts";
import { whenReady } from "./opensearch-ready.ts";
import { type SetUpReport, setUpOpenSearch } from "./opensearch-setup.ts";

const SERVICES: readonly string[] = ["es", "aoss", "none"] satisfies OpenSearchService[];

/** What setting up a deployed cluster uses of the world. */
export interface ClusterWorld {
  /** `OPENSEARCH_URL`, `BELFRY_SEARCH_SERVICE` (es), `BELFRY_WRITER_ROLE` and `BELFRY_READER_ROLE` (ARNs apart by commas). */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly retentionDays: RetentionDays;
  readonly openSearch: (endpoint: string, service: OpenSearchService) => SendHttp;
  readonly clock: Clock;
  readonly random: Random;
  readonly sleep: Sleep;
  readonly logger: Logger;
}

/** What is known of a cluster after its upkeep. */
export interface UpkeepReport extends SetUpReport {
  /** Indices that were deleted because their retention is over. */
  readonly expired: readonly string[];
}

/** Sets the cluster up that the environment names, and waits until it can be. Raises BAD_CONFIG, and UNAVAILABLE for what the cluster refuses until the signal aborts. */
export async function setUpCluster(world: ClusterWorld, signal: AbortSignal): Promise<SetUpReport> {
  const { env, retentionDays, random, sleep, logger } = world;
  const { send, service } = clusterOf(world, signal);
  const options = {
    send,
    retentionDays,
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

/** Sets the cluster up and, since nothing in a serverless collection does so, deletes its indices whose retention is over. Raises what `setUpCluster` raises. */
export async function keepCluster(world: ClusterWorld, signal: AbortSignal): Promise<UpkeepReport> {
  const report = await setUpCluster(world, signal);
  const { send, service } = clusterOf(world, signal);
  if (service !== "aoss") return { ...report, expired: [] };
  const expired = await deleteExpired(send, world.retentionDays, world.clock.now());
  world.logger.info("indices deleted whose retention is over", { indices: expired });
  return { ...report, expired };
}

function clusterOf({ env, openSearch }: ClusterWorld, signal: AbortSignal) {
  const { OPENSEARCH_URL: endpoint = "", BELFRY_SEARCH_SERVICE: service = "es" } = env;
  if (endpoint === "") {
    throw new BelfryError("BAD_CONFIG", "OPENSEARCH_URL is not set: the stacks set it to the cluster's address");
  }
  if (!isService(service)) {
    throw new BelfryError("BAD_CONFIG", `BELFRY_SEARCH_SERVICE is one of ${SERVICES.join(", ")}, got "${service}"`);
  }
  const sendAny = openSearch(endpoint, service);
  const send: SendHttp = (request) => sendAny(request, signal);
  return { send, service };
}

function isService(text: string): text is OpenSearchService {
  return SERVICES.includes(text);
}

function listOf(text = ""): string[] {
  return text.split(",").filter((element) => element !== "");
}
