import http from "node:http";
import { gunzipSync } from "node:zlib";

/** Versions of the JSON protocol and prefixes of operations' names, by the name that a service has in signatures. */
const JSON_SERVICES = {
  dynamodb: { version: "1.0", prefix: "DynamoDB_20120810" },
  events: { version: "1.1", prefix: "AWSEvents" },
  kinesis: { version: "1.1", prefix: "Kinesis_20131202" },
  logs: { version: "1.1", prefix: "Logs_20140328" },
  sqs: { version: "1.0", prefix: "AmazonSQS" },
  ssm: { version: "1.1", prefix: "AmazonSSM" },
} as const;

/** What tests ask an emulator of AWS. Its requests are not signed: the emulator reads from the header only which service and region are meant. */
export class EmulatorClient {
  readonly #url: string;
  readonly #region: string;

  constructor(url: string, region: string) {
    this.#url = url;
    this.#region = region;
  }

  /** Calls an operation of a service with a JSON protocol. Raises an error with the answer when it is refused. */
  async call<Answer>(service: keyof typeof JSON_SERVICES, operation: string, input: object): Promise<Answer> {
    const { version, prefix } = JSON_SERVICES[service];
    const headers = { "content-type": `application/x-amz-json-${version}`, "x-amz-target": `${prefix}.${operation}` };
    const response = await this.#send(service, "POST", "/", JSON.stringify(input), headers);
    return JSON.parse((await response.text()) || "{}") as Answer;
  }

  /** Sets an alarm's state for a moment, as its evaluation would: its actions are taken. CloudWatch has a protocol of its own. */
  async setAlarmState(alarmName: string, state: "ALARM" | "OK"): Promise<void> {
    const parameters = { AlarmName: alarmName, StateValue: state, StateReason: "the rehearsal says so" };
    const body = new URLSearchParams({ Action: "SetAlarmState", Version: "2010-08-01", ...parameters }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    await this.#send("monitoring", "POST", "/", body, headers);
  }

  /** Gets an address of the emulator's that has a host name of its own, such as a Function URL, or posts a form to it; answers the body. */
  async atHost(url: URL, form?: URLSearchParams): Promise<string> {
    const { hostname, port } = new URL(this.#url);
    const headers = { host: url.host, "content-type": "application/x-www-form-urlencoded" };
    const options = { hostname, port, method: form === undefined ? "GET" : "POST", path: url.pathname + url.search };
    const response = await new Promise<http.IncomingMessage>((done, refuse) => {
      http
        .request({ ...options, headers })
        .on("response", done)
        .on("error", refuse)
        .end(form?.toString());
    });
    return Buffer.concat(await response.toArray()).toString();
  }

  /** Names of the Lambda functions. */
  async functions(): Promise<string[]> {
    const response = await this.#send("lambda", "GET", "/2015-03-31/functions/");
    const { Functions } = (await response.json()) as { Functions: { FunctionName: string }[] };
    return Functions.map(({ FunctionName }) => FunctionName);
  }

  /** Invokes a function and waits for its answer. Raises an error with what it threw. */
  async invoke<Answer>(functionName: string, event: object): Promise<Answer> {
    const path = `/2015-03-31/functions/${functionName}/invocations`;
    const response = await this.#send("lambda", "POST", path, JSON.stringify(event));
    const answer = await response.text();
    if (response.headers.has("x-amz-function-error")) throw new Error(`${functionName}: ${answer}`);
    return JSON.parse(answer) as Answer;
  }

  /** A schedule of a group, as EventBridge Scheduler has it. */
  async schedule<Answer>(group: string, name: string): Promise<Answer> {
    const response = await this.#send("scheduler", "GET", `/schedules/${name}?groupName=${group}`);
    return (await response.json()) as Answer;
  }

  /** Names of the buckets, of all regions. */
  async buckets(): Promise<string[]> {
    return textsIn(await (await this.#send("s3", "GET", "/")).text(), "Name");
  }

  async putBucket(bucket: string): Promise<void> {
    const body = `<CreateBucketConfiguration><LocationConstraint>${this.#region}</LocationConstraint></CreateBucketConfiguration>`;
    await this.#send("s3", "PUT", `/${bucket}`, body);
  }

  /** Lets a bucket tell a queue of its new objects. */
  async notifyQueue(bucket: string, queueArn: string): Promise<void> {
    const body = `<NotificationConfiguration><QueueConfiguration><Queue>${queueArn}</Queue><Event>s3:ObjectCreated:*</Event></QueueConfiguration></NotificationConfiguration>`;
    await this.#send("s3", "PUT", `/${bucket}?notification`, body);
  }

  async putObject(bucket: string, key: string, body: Buffer): Promise<void> {
    await this.#send("s3", "PUT", `/${bucket}/${key}`, body);
  }

  /** Keys below a prefix. */
  async keys(bucket: string, prefix: string): Promise<string[]> {
    const keys: string[] = [];
    let token = "";
    do {
      const query = new URLSearchParams({
        "list-type": "2",
        prefix,
        ...(token === "" ? {} : { "continuation-token": token }),
      });
      const answer = await (await this.#send("s3", "GET", `/${bucket}?${query}`)).text();
      keys.push(...textsIn(answer, "Key"));
      token = textsIn(answer, "NextContinuationToken")[0] ?? "";
    } while (token !== "");
    return keys;
  }

  /** The lines of all objects below a prefix, each as JSON; objects may be compressed with gzip. */
  async jsonLines(bucket: string, prefix: string): Promise<Record<string, unknown>[]> {
    const documents: Record<string, unknown>[] = [];
    for (const key of await this.keys(bucket, prefix)) {
      const body = Buffer.from(await (await this.#send("s3", "GET", `/${bucket}/${key}`)).arrayBuffer());
      const text = (body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body).toString();
      documents.push(
        ...text
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => JSON.parse(line)),
      );
    }
    return documents;
  }

  async #send(service: string, method: string, path: string, body?: string | Buffer, headers = {}): Promise<Response> {
    const credential = `test/20260101/${this.#region}/${service}/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=none`;
    const response = await fetch(this.#url + path, {
      method,
      headers: { authorization, ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : new Uint8Array(body) }),
    });
    if (!response.ok) throw new Error(`${service} ${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }
}

/** The texts of all elements of a name. */
function textsIn(xml: string, element: string): string[] {
  return [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, "g"))].map(([, text]) =>
    text.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"),
  );
}
