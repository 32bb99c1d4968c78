import type { Stack } from "aws-cdk-lib";
import { CfnNamedQuery, CfnWorkGroup } from "aws-cdk-lib/aws-athena";
import { ARCHIVE_TABLE, databaseName } from "./archive-table.ts";
import { dataKey } from "./constructs/data-key.ts";
import { ARCHIVE_BUCKET } from "./foundation.ts";
import type { StackContext } from "./stack-context.ts";

/** A query that would read more is stopped: at 5 dollars a terabyte, half a dollar. https://aws.amazon.com/athena/pricing/ */
const MAX_SCANNED_BYTES = 100 * 1024 ** 3;

/** A workgroup whose results are encrypted beside the archive, and the queries to begin with. */
export function addAthena(stack: Stack, context: StackContext): void {
  const key = dataKey(stack, context);
  const name = context.names.of("archive");
  const workGroup = new CfnWorkGroup(stack, "WorkGroup", {
    name,
    description: "Queries over Belfry's archive",
    recursiveDeleteOption: true,
    workGroupConfiguration: {
      enforceWorkGroupConfiguration: true,
      publishCloudWatchMetricsEnabled: true,
      bytesScannedCutoffPerQuery: MAX_SCANNED_BYTES,
      resultConfiguration: {
        outputLocation: `s3://${context.names.bucket(ARCHIVE_BUCKET)}/athena/`,
        encryptionConfiguration:
          key === undefined ? { encryptionOption: "SSE_S3" } : { encryptionOption: "SSE_KMS", kmsKey: key.keyArn },
      },
    },
  });
  const database = databaseName(context);
  for (const { id, title, sql } of QUERIES) {
    new CfnNamedQuery(stack, id, {
      name: `${name}-${title}`,
      database,
      workGroup: name,
      queryString: sql(`${database}.${ARCHIVE_TABLE}`, `${database}.events_once`),
    }).node.addDependency(workGroup);
  }
}

interface SavedQuery {
  readonly id: string;
  readonly title: string;
  readonly sql: (table: string, view: string) => string;
}

const QUERIES: readonly SavedQuery[] = [
  {
    id: "OnceView",
    title: "create-view-events-once",
    // Delivery is at least once: the same event carries the same id.
    sql: (table, view) => `CREATE OR REPLACE VIEW ${view} AS
SELECT * FROM (
  SELECT *, row_number() OVER (PARTITION BY belfry.id ORDER BY dt, hour) AS copy FROM ${table}
) WHERE copy = 1`,
  },
  {
    id: "ErrorsByService",
    title: "errors-by-service",
    sql: (table) => `SELECT service.name AS service, count(DISTINCT belfry.id) AS errors
FROM ${table}
WHERE dt = date_format(current_date, '%Y-%m-%d') AND upper(log.level) IN ('ERROR', 'FATAL', 'CRITICAL')
GROUP BY 1 ORDER BY 2 DESC`,
  },
  {
    id: "RejectedFlows",
    title: "rejected-flows",
    sql: (
      table,
    ) => `SELECT source.ip AS source, destination.ip AS destination, destination.port AS port, count(DISTINCT belfry.id) AS flows
FROM ${table}
WHERE dt = date_format(current_date, '%Y-%m-%d') AND event.dataset = 'aws.vpcflow' AND event.outcome = 'failure'
GROUP BY 1, 2, 3 ORDER BY 4 DESC LIMIT 100`,
  },
];
