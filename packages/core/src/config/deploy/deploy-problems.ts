import type { Problem } from "../problems.ts";
import type { Config } from "../schema.ts";
import { SEARCH_SINK } from "./deployed-config.ts";
import { type Deployment, resolveDeployment } from "./deployment.ts";

/** Queries of hosted zones are logged in this region alone. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/query-logs.html */
const HOSTED_ZONES_REGION = "us-east-1";

/** A check of two parts of `deploy` against each other, or of `deploy` against the rest: places and messages. */
type Check = (deployment: Deployment, config: Config) => readonly Problem[];

/** What `deploy` says that cannot be deployed, though each part of it is valid by itself. */
export function deployProblems(config: Config): Problem[] {
  const deployment = resolveDeployment(config.deploy);
  return CHECKS.flatMap((check) => check(deployment, config)).map(({ path, message }) => ({
    path: ["deploy", ...path],
    message,
  }));
}

const CHECKS: readonly Check[] = [
  streamProblems,
  subscriptionProblems,
  ownFunctionProblems,
  archiveProblems,
  sourceProblems,
  targetProblems,
  ({ central, organization }) =>
    when(
      !central && (organization?.units.length ?? 0) > 0,
      "organization.units",
      "members have nothing to send to: take the profile `organization`, or name further regions",
    ),
  ({ export: { enabled, logGroups } }) =>
    when(
      enabled && logGroups.length === 0,
      "export.logGroups",
      "the export is on and has no log group: name some, * for all",
    ),
  ({ search }, { sinks }) =>
    when(
      search.type !== "none" && SEARCH_SINK in sinks && Object.values(sinks).every(({ type }) => type !== "opensearch"),
      "search",
      `makes a sink named ${SEARCH_SINK}, but sinks.${SEARCH_SINK} is of type ${sinks[SEARCH_SINK]?.type}: give that one another name`,
    ),
];

function when(isSo: boolean, place: string, message: string): Problem[] {
  return isSo ? [{ path: place.split("."), message }] : [];
}

function streamProblems({ central, consumers, encryption, ingest }: Deployment): Problem[] {
  const { buffer, maxRecordAgeSeconds, process, streamRetentionHours } = ingest;
  const reads = consumers.policy || consumers.accounts.length > 0 || consumers.fanOut.length > 0;
  if (buffer === "none") {
    const take = "set deploy.ingest.buffer to provisioned or on-demand";
    return [
      ...when(
        central,
        "ingest.buffer",
        "none, but other accounts or regions can only send to a stream: take provisioned or on-demand",
      ),
      ...when(reads, "consumers", `there is no stream that they could read: ${take}`),
      ...when(process.fromStream, "ingest.process.fromStream", `there is no stream: ${take}`),
    ];
  }
  return [
    ...when(
      consumers.accounts.length > 0 && encryption === "aws",
      "consumers.accounts",
      "they cannot decrypt a stream that AWS's own key encrypts: set deploy.encryption to customer",
    ),
    ...when(
      streamRetentionHours * 3600 < maxRecordAgeSeconds,
      "ingest.maxRecordAgeSeconds",
      `${maxRecordAgeSeconds} is more than the stream keeps: streamRetentionHours is ${streamRetentionHours}, which is ${streamRetentionHours * 3600} seconds`,
    ),
  ];
}

function subscriptionProblems({ ingest: { logGroups, subscribe } }: Deployment): Problem[] {
  const named = subscribe === "log-groups";
  return [
    ...when(
      named && logGroups.length === 0,
      "ingest.logGroups",
      "names no log group to subscribe; to subscribe none, set subscribe to none",
    ),
    ...when(
      !named && logGroups.length > 0,
      "ingest.logGroups",
      `is not looked at while subscribe is ${subscribe}: set that to log-groups`,
    ),
  ];
}

function ownFunctionProblems({ ingest: { process } }: Deployment, config: Config): Problem[] {
  return when(
    config.process === undefined && (process.fromStream || process.logGroups.length > 0),
    "ingest.process",
    "there is no function for it: name its module in process.entry",
  );
}

function archiveProblems({ archive, observe }: Deployment): Problem[] {
  const { bufferSeconds, expireAfterDays, infrequentAfterDays = 0 } = archive;
  const { freshnessSeconds } = observe.alarms;
  return [
    ...when(
      infrequentAfterDays >= expireAfterDays,
      "archive.infrequentAfterDays",
      `${infrequentAfterDays} is not before expireAfterDays, ${expireAfterDays}: S3 refuses to move what it deletes`,
    ),
    ...when(
      freshnessSeconds <= bufferSeconds,
      "observe.alarms.freshnessSeconds",
      `${freshnessSeconds} is not above archive.bufferSeconds, ${bufferSeconds}, for which Firehose holds records anyway`,
    ),
  ];
}

/** Logs are switched on in regions from which they are taken in. */
function sourceProblems({ allRegions, logSources }: Deployment): Problem[] {
  const { flowLogs, hostedZones, resolverQueries } = logSources;
  const check = (region: string, ...place: string[]): Problem[] =>
    allRegions.includes(region)
      ? []
      : [
          {
            path: ["logSources", ...place],
            message: `nothing is taken in from ${region}: add it to deploy.regions`,
          },
        ];
  return [
    ...Object.keys(flowLogs.vpcs).flatMap((region) => check(region, "flowLogs", "vpcs", region)),
    ...Object.keys(resolverQueries.vpcs).flatMap((region) => check(region, "resolverQueries", "vpcs", region)),
    ...(hostedZones.length === 0 ? [] : check(HOSTED_ZONES_REGION, "hostedZones")),
  ];
}

/** A rule reaches buses of other regions, and nothing else there. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html */
function targetProblems({ events: { alarmsTo, rules }, region: home }: Deployment): Problem[] {
  const check = (arn: string, ...place: PropertyKey[]): Problem[] => {
    const [, , , region] = arn.split(":");
    const message = `a rule reaches targets of its own region alone: ${home}, not ${region}`;
    return region === home ? [] : [{ path: ["events", ...place], message }];
  };
  return [
    ...rules.flatMap(({ targets }, i) => targets.flatMap((arn, j) => check(arn, "rules", i, "targets", j))),
    ...Object.entries(alarmsTo).flatMap(([kind, arn]) => (arn === undefined ? [] : check(arn, "alarmsTo", kind))),
  ];
}
