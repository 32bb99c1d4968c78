import { gunzipSync } from "node:zlib";
import type { KinesisStreamEvent } from "aws-lambda";
import type { LogsPayload } from "../generate.ts";
import { VPC5_FORMAT } from "../shapes/vpcflow.ts";
import { NOW_MS } from "../variants/settings.ts";
import type { Outputs, Variant } from "../variants/variant.ts";
import { parseCloudTrail } from "./cloudtrail.ts";
import { type Document, get, put } from "./document.ts";
import { enrich, isDnsInsideVpc } from "./enrich.ts";
import { parseJson } from "./json.ts";
import { nameFunction, parseLambda } from "./lambda.ts";
import { idsOf } from "./record-id.ts";
import { redact } from "./redact.ts";
import { parseText } from "./text.ts";
import { parseVpcFlow } from "./vpcflow.ts";

const DAY_MS = 86_400_000;
const RETENTION_DAYS = 30;
const ECS_VERSION = "8.11.0";

/** The pipeline's semantics the usual way: an object for each record, `split`, regular expressions, `JSON.stringify`. Slow and plain, to be right. */
export const reference: Variant = {
  run: (event) => {
    work(event);
  },
  outputs: work,
};

function work(event: KinesisStreamEvent): Outputs {
  const bulk: Buffer[] = [];
  const archive: Buffer[] = [];
  const dropped: Record<string, number> = {};
  let received = 0;
  for (const { kinesis } of event.Records) {
    const payload = JSON.parse(gunzipSync(Buffer.from(kinesis.data, "base64")).toString()) as LogsPayload;
    const documents = documentsOf(payload);
    const kept = documents.filter((document) => !isDnsInsideVpc(document));
    received += documents.length;
    if (kept.length < documents.length) {
      dropped["dns-inside-vpc"] = (dropped["dns-inside-vpc"] ?? 0) + documents.length - kept.length;
    }
    const lines = kept.map((document) => `${JSON.stringify(document)}\n`);
    bulk.push(Buffer.from(kept.map((document, i) => `${JSON.stringify(actionOf(document))}\n${lines[i]}`).join("")));
    archive.push(Buffer.from(lines.join("")));
  }
  return { bulk, archive, received, dropped };
}

function documentsOf(payload: LogsPayload): Document[] {
  const { owner, logGroup, logStream, subscriptionFilters, logEvents } = payload;
  const region = subscriptionFilters[0].replace("belfry-", "");
  const idOf = idsOf(owner, region, logGroup, logStream);
  return logEvents.map(({ id, timestamp, message }) => {
    const document: Document = { "@timestamp": new Date(timestamp).toISOString() };
    put(document, "aws.cloudwatch", { log_group: logGroup, log_stream: logStream });
    put(document, "belfry.id", idOf(id));
    put(document, "cloud", { provider: "aws", account: { id: owner }, region });
    put(document, "ecs.version", ECS_VERSION);
    put(document, "event.dataset", parse(payload, message, timestamp, document));
    enrich(document, owner, logGroup);
    return document;
  });
}

/** Chooses the parser by the log group and then by the message's shape, gives it the redacted message, and returns the class. */
function parse({ logGroup, logStream }: LogsPayload, message: string, timestamp: number, document: Document): string {
  if (logGroup.startsWith("/aws/vpc/")) {
    const format = logGroup.endsWith("-v5") ? VPC5_FORMAT : undefined;
    if (parseVpcFlow(message, document, format)) return "aws.vpcflow";
  }
  if (logGroup.startsWith("aws-cloudtrail-logs") && parseCloudTrail(redact(message, "aws.cloudtrail"), document))
    return "aws.cloudtrail";
  if (logGroup.startsWith("/aws/lambda/")) {
    nameFunction(logGroup, logStream, document);
    if (parseLambda(redact(message, "aws.lambda"), timestamp, document)) return "aws.lambda";
  }
  if (parseJson(redact(message, "app.json"), timestamp, document)) return "app.json";
  parseText(redact(message, "app.text"), timestamp, document);
  return "app.text";
}

function actionOf(document: Document): object {
  return { create: { _index: indexOf(document), _id: get(document, "belfry.id") } };
}

function indexOf(document: Document): string {
  const time = String(document["@timestamp"]);
  const ageMs = NOW_MS - Date.parse(time);
  const dated = ageMs >= -DAY_MS && ageMs <= RETENTION_DAYS * DAY_MS;
  return `belfry-${get(document, "event.dataset")}-${dated ? time.slice(0, 10).replaceAll("-", ".") : "undated"}`;
}
