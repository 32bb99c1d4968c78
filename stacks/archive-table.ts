import type { Stack } from "aws-cdk-lib";
import { CfnDatabase, CfnTable } from "aws-cdk-lib/aws-glue";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { ARCHIVE_BUCKET } from "./foundation.ts";
import { APP } from "./names.ts";
import type { StackContext } from "./stack-context.ts";

/** The table over the archive. */
export const ARCHIVE_TABLE = "logs";

/** Databases are named without hyphens, so that queries need no quotes: `belfry_prod`. */
export function databaseName({ names }: StackContext): string {
  return `${APP}_${names.stage.replaceAll("-", "_")}`;
}

type Column = readonly [name: string, type: string];

/** Fields that all documents share have types of their own; what a class adds is JSON text, for json_extract. */
const COLUMNS: readonly Column[] = [
  ["timestamp", "string"],
  ["message", "string"],
  ["belfry", "struct<id:string>"],
  ["event", "struct<dataset:string,kind:string,action:string,outcome:string,id:string,provider:string>"],
  ["log", "struct<level:string>"],
  ["cloud", "struct<account:struct<id:string,name:string>,region:string,provider:string>"],
  ["service", "struct<name:string,environment:string>"],
  ["source", "struct<ip:string,port:int,bytes:bigint,packets:bigint>"],
  ["destination", "struct<ip:string,port:int>"],
  ["http", "struct<request:struct<method:string>,response:struct<status_code:int>>"],
  ["user", "struct<name:string,id:string>"],
  ["error", "struct<code:string,message:string,type:string>"],
  ["aws", "string"],
  ["app", "string"],
];

/** The database and the table: partitions are computed from the query (`dt`, `hour`), never listed or crawled. https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html */
export function addCatalog(stack: Stack, context: StackContext): CfnTable {
  const catalogId = stack.account;
  const database = new CfnDatabase(stack, "Database", {
    catalogId,
    databaseInput: { name: databaseName(context), description: "Belfry's archive" },
  });
  const parquet = context.deployment.archive.format === "parquet";
  const location = `s3://${context.names.bucket(ARCHIVE_BUCKET)}/logs/`;
  const table = new CfnTable(stack, "Table", {
    catalogId,
    databaseName: databaseName(context),
    tableInput: {
      name: ARCHIVE_TABLE,
      tableType: "EXTERNAL_TABLE",
      partitionKeys: [
        { name: "dt", type: "string" },
        { name: "hour", type: "string" },
      ],
      parameters: { EXTERNAL: "TRUE", ...projection(location, context) },
      storageDescriptor: {
        location,
        columns: COLUMNS.map(([name, type]) => ({ name, type })),
        ...(parquet ? PARQUET : JSON_LINES),
      },
    },
  });
  table.node.addDependency(database);
  return table;
}

function projection(location: string, { deployment }: StackContext): Record<string, string> {
  return {
    "projection.enabled": "true",
    "projection.dt.type": "date",
    "projection.dt.format": "yyyy-MM-dd",
    // Older objects have expired.
    "projection.dt.range": `NOW-${deployment.archive.expireAfterDays}DAYS,NOW+1DAYS`,
    "projection.dt.interval": "1",
    "projection.dt.interval.unit": "DAYS",
    "projection.hour.type": "integer",
    "projection.hour.range": "0,23",
    "projection.hour.digits": "2",
    "storage.location.template": `${location}dt=\${dt}/hour=\${hour}/`,
  };
}

const JSON_LINES = {
  inputFormat: "org.apache.hadoop.mapred.TextInputFormat",
  outputFormat: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
  // https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html
  serdeInfo: {
    serializationLibrary: "org.openx.data.jsonserde.JsonSerDe",
    parameters: { "mapping.timestamp": "@timestamp", "ignore.malformed.json": "true" },
  },
};

const PARQUET = {
  inputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
  outputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
  serdeInfo: { serializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
};

/** What Firehose needs of the catalog to convert records. https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-glue */
export function tableStatement(stack: Stack, context: StackContext): PolicyStatement {
  const arn = (resource: string, resourceName?: string): string =>
    stack.formatArn({ service: "glue", resource, ...(resourceName === undefined ? {} : { resourceName }) });
  return new PolicyStatement({
    actions: ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"],
    resources: [
      arn("catalog"),
      arn("database", databaseName(context)),
      arn("table", `${databaseName(context)}/${ARCHIVE_TABLE}`),
    ],
  });
}
