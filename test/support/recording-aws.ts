import http from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync, gzipSync } from "node:zlib";
import { LoopbackTables, tableActions, tableOf } from "./loopback-table.ts";

/** One call as IAM sees it. */
export interface IamCall {
  readonly action: string;
  readonly resource: string;
}

/** A stand-in of all services on one loopback port, which takes everything and keeps what IAM would have been asked; `/orders` is no service of AWS. */
export interface RecordingAws {
  readonly url: string;
  readonly calls: IamCall[];
  /** All that functions have stored in tables so far, as JSON. */
  stored(): string;
  close(): Promise<void>;
}

export interface RecordingOptions {
  readonly account: string;
  /** Bodies of the objects that are there, by `bucket/key`. */
  readonly objects: Readonly<Record<string, Buffer>>;
  /** ARN of the domain or the collection behind the OpenSearch requests. */
  readonly openSearchArn: string;
}

interface Request {
  readonly method: string;
  readonly url: URL;
  /** `AmazonSSM.GetParameter`; empty for services that are called by paths. */
  readonly target: string;
  readonly service: string;
  readonly region: string;
  readonly body: Buffer;
}

interface Answer {
  readonly status?: number;
  readonly body: string | Buffer;
}

/** What a member of a call names, and how its ARN is written; a name that is an ARN is one. */
interface Named {
  readonly member: string;
  readonly arn: string;
}

/** Services that sign by another name than their actions have. */
const SIGNED_AS: Readonly<Record<string, string>> = { monitoring: "cloudwatch" };

/** Operations that need the permission of another. */
const ACTIONS: Readonly<Record<string, string>> = { "sqs:SendMessageBatch": "sqs:SendMessage" };

const NAMED: Readonly<Record<string, Named>> = {
  firehose: { member: "DeliveryStreamName", arn: "deliverystream/" },
  kinesis: { member: "StreamName", arn: "stream/" },
  dynamodb: { member: "TableName", arn: "table/" },
  logs: { member: "logGroupName", arn: "log-group:" },
  sqs: { member: "QueueUrl", arn: "" },
  secretsmanager: { member: "SecretId", arn: "secret:" },
  ssm: { member: "Name", arn: "parameter" },
  states: { member: "stateMachineArn", arn: "" },
};

/** Starts it on a free port of loopback. */
export async function recordingAws(options: RecordingOptions): Promise<RecordingAws> {
  const calls: IamCall[] = [];
  const tables = new LoopbackTables();
  const server = http.createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const request = read(incoming, Buffer.concat(chunks));
      if (request.url.pathname !== "/orders") calls.push(...iamCalls(request, options));
      const { status = 200, body } = tableAnswer(request, tables) ?? answer(request, options);
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    stored: () => tables.text,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Service and region stand in the signature: `Credential=AKIA…/20261122/eu-west-1/firehose/aws4_request`. */
function read(incoming: http.IncomingMessage, body: Buffer): Request {
  const scope = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(incoming.headers.authorization ?? "");
  return {
    method: incoming.method ?? "GET",
    url: new URL(incoming.url ?? "/", "http://loopback"),
    target: String(incoming.headers["x-amz-target"] ?? ""),
    service: scope?.[2] ?? "",
    region: scope?.[1] ?? "",
    body,
  };
}

/** Only DynamoDB's: tables keep what they are given, so that functions find what others have stored. */
function tableAnswer({ service, target, body }: Request, tables: LoopbackTables): Answer | undefined {
  if (service !== "dynamodb") return undefined;
  return tables.answer(target.split(".")[1] ?? "", JSON.parse(body.toString("utf8")));
}

/** A transaction is several calls to IAM. */
function iamCalls(request: Request, options: RecordingOptions): IamCall[] {
  const { service, target, body, region } = request;
  if (service !== "dynamodb") return [iamCall(request, options)];
  const input = JSON.parse(body.toString("utf8"));
  const operation = target.split(".")[1] ?? "";
  const resource = `arn:aws:dynamodb:${region}:${options.account}:table/${tableOf(operation, input)}`;
  return tableActions(operation, input).map((action) => ({ action: `dynamodb:${action}`, resource }));
}

/** Requests to a cluster on loopback are not signed; what the same request to a real one would be is told by its ARN. */
function iamCall(request: Request, { account, openSearchArn }: RecordingOptions): IamCall {
  const { service, region, method, url, target } = request;
  if (service === "") {
    return openSearchArn.includes(":aoss:")
      ? { action: "aoss:APIAccessAll", resource: openSearchArn }
      : { action: `es:ESHttp${capital(method)}`, resource: openSearchArn + url.pathname };
  }
  if (service === "s3") return objectCall(request);
  if (service === "sns") {
    const form = new URLSearchParams(request.body.toString("utf8"));
    return { action: `sns:${form.get("Action")}`, resource: form.get("TopicArn") ?? "*" };
  }
  if (url.pathname === "/v2/email/outbound-emails") {
    const { FromEmailAddress } = JSON.parse(request.body.toString("utf8"));
    return { action: "ses:SendEmail", resource: `arn:aws:ses:${region}:${account}:identity/${FromEmailAddress}` };
  }
  const operation = target.split(".")[1];
  if (operation === undefined) throw new Error(`cannot tell what ${method} ${url.pathname} of ${service} does`);
  // The document is asked for too, which the simulator does not know.
  if (operation === "StartAutomationExecution") {
    return { action: `ssm:${operation}`, resource: `arn:aws:ssm:${region}:${account}:automation-execution/1` };
  }
  const { member, arn } = NAMED[service] ?? { member: "", arn: "" };
  const name = nameIn(request, member);
  const prefix = `arn:aws:${service}:${region}:${account}:`;
  const action = `${SIGNED_AS[service] ?? service}:${operation}`;
  return {
    action: ACTIONS[action] ?? action,
    resource: typeof name === "string" ? resourceArn(prefix + arn, name) : "*",
  };
}

/** What a member of a call names; of events for a bus, the bus of the first. */
function nameIn({ body, service }: Request, member: string): unknown {
  const input = JSON.parse(body.toString("utf8")) as Record<string, unknown>;
  if (service !== "events") return input[member];
  return (input.Entries as readonly { EventBusName: string }[])[0]?.EventBusName;
}

/** A queue is named by its URL, whose last part is its name; a secret may be by its name, and has six characters more in its ARN. */
function resourceArn(prefix: string, name: string): string {
  if (prefix.endsWith(":secret:") && !name.startsWith("arn:")) return `${prefix}${name}-AbCdEf`;
  return name.startsWith("arn:") ? name : prefix + (name.startsWith("http") ? (name.split("/").at(-1) ?? "") : name);
}

/** Path style: `/bucket/key`. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
function objectCall({ method, url }: Request): IamCall {
  const [bucket = "", ...rest] = decodeURIComponent(url.pathname.slice(1)).split("/");
  const key = rest.join("/");
  if (key === "") return { action: "s3:ListBucket", resource: `arn:aws:s3:::${bucket}` };
  const version = url.searchParams.has("versionId") ? "Version" : "";
  return {
    action: method === "PUT" ? "s3:PutObject" : `s3:GetObject${version}`,
    resource: `arn:aws:s3:::${bucket}/${key}`,
  };
}

function capital(method: string): string {
  return method.charAt(0) + method.slice(1).toLowerCase();
}

function answer(request: Request, { objects }: RecordingOptions): Answer {
  const { service, target, url, method } = request;
  if (service === "s3") return objectAnswer(method, url, objects);
  if (service === "") return searchAnswer(request);
  if (service === "sns") return { body: PUBLISHED };
  const given = request.body.length === 0 ? {} : (JSON.parse(request.body.toString("utf8")) as { Records?: unknown[] });
  switch (target.split(".")[1]) {
    case "PutRecordBatch":
      return json({ FailedPutCount: 0, RequestResponses: given.Records?.map((_, i) => ({ RecordId: String(i) })) });
    case "PutRecords": {
      const taken = given.Records?.map((_, i) => ({ SequenceNumber: String(i), ShardId: "shardId-0" }));
      return json({ FailedRecordCount: 0, Records: taken });
    }
    case "DescribeLogGroups":
      return json({ logGroups: [LOG_GROUP] });
    case "DescribeExportTasks":
      return json({ exportTasks: [] });
    case "CreateExportTask":
      return json({ taskId: "cda45419-90ea-4db5-9833-aade86253e66" });
    case "DescribeEvents":
    case "DescribeEventsForOrganization":
      return json({ events: [HEALTH_EVENT] });
    case "DescribeAffectedAccountsForOrganization":
      return json({ affectedAccounts: ["222233334444"] });
    case "StartAutomationExecution":
      return json({ AutomationExecutionId: "2ae8b0d0-0000-4000-8000-000000000000" });
    case "DescribeStateMachine":
      return json({ type: "STANDARD" });
    case "GetSecretValue":
      return json({ SecretString: SECRET });
    case "GetParameter":
      return json({ Parameter: { Value: "https://127.0.0.1:9/x" } });
    default:
      return json({});
  }
}

// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
const PUBLISHED = "<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>";

/** The value of every secret. */
export const SECRET = JSON.stringify({ token: "xoxb-1", signing: "signing" });

const HEALTH_EVENT = {
  arn: "arn:aws:health:eu-west-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/1",
  service: "EC2",
  eventTypeCode: "AWS_EC2_OPERATIONAL_ISSUE",
  eventTypeCategory: "issue",
  eventScopeCode: "ACCOUNT_SPECIFIC",
  region: "eu-west-1",
  statusCode: "open",
  startTime: 1_795_000_000,
  lastUpdatedTime: 1_795_000_000,
};

const LOG_GROUP = {
  logGroupName: "/app/orders",
  arn: "arn:aws:logs:eu-west-1:111122223333:log-group:/app/orders:*",
  creationTime: Date.UTC(2026, 10, 1),
  storedBytes: 1024,
  retentionInDays: 1,
  logGroupClass: "STANDARD",
};

function objectAnswer(method: string, url: URL, objects: RecordingOptions["objects"]): Answer {
  if (method === "PUT") return { body: "" };
  const path = decodeURIComponent(url.pathname.slice(1));
  const object = objects[path];
  if (object !== undefined) return { body: object };
  const bucket = path.replace(/\/$/, "");
  if (bucket.includes("/")) return { status: 404, body: "<Error><Code>NoSuchKey</Code></Error>" };
  const prefix = `${bucket}/${url.searchParams.get("prefix") ?? ""}`;
  const keys = Object.keys(objects).filter((name) => name.startsWith(prefix));
  const contents = keys.map((name) => `<Contents><Key>${name.slice(bucket.length + 1)}</Key><Size>1</Size></Contents>`);
  return { body: `<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join("")}</ListBucketResult>` };
}

/** A cluster that takes every document and every setting; retention policies are there already, as is an old index. */
function searchAnswer({ url, body, method }: Request): Answer {
  const { pathname, searchParams } = url;
  if (pathname.startsWith("/_resolve/index/")) return json({ indices: [{ name: "belfry-app.text-2020.01.01" }] });
  if (pathname.startsWith("/_plugins/_ism/")) {
    if (method === "GET") return json({ _seq_no: 1, _primary_term: 1 });
    if (!searchParams.has("if_seq_no")) return { status: 409, body: "{}" };
  }
  if (!pathname.endsWith("/_bulk")) return json({ acknowledged: true });
  const lines = gunzipped(body).toString("latin1").split("\n").length - 1;
  const items = Array.from({ length: lines / 2 }, () => ({ create: { status: 201 } }));
  return json({ errors: false, items });
}

function gunzipped(body: Buffer): Buffer {
  return body[0] === 0x1f ? gunzipSync(body) : body;
}

function json(value: unknown): Answer {
  return { body: JSON.stringify(value) };
}

/** Lines as an archive's object holds them. */
export function archived(lines: readonly object[]): Buffer {
  return gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}
