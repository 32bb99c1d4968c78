import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { CloudWatchLogsEvent, FirehoseTransformationEvent, S3EventRecord, SQSEvent } from "aws-lambda";
import { appJson, appText } from "./app-log.ts";
import { cloudTrailRecord } from "./cloudtrail.ts";
import { cloudWatchPayload, controlMessage, type LogLine } from "./envelope.ts";
import { CENTRAL, SERVICES, SITES, type Site } from "./estate.ts";
import { lambdaJsonLines, lambdaTextLines } from "./lambda-log.ts";
import { SeededRandom } from "./random.ts";
import { VPC_FLOW_V5_HEADER, vpcFlowV2, vpcFlowV5 } from "./vpc-flow.ts";

/** An object that lies in S3 before the event that names it is sent. */
export interface SampleObject {
  readonly bucket: string;
  readonly key: string;
  readonly body: Buffer;
}

/** One thing that AWS would hand over: a record put into the stream, or an invocation by another service. */
export type SampleDelivery =
  | { readonly road: "kinesis"; readonly partitionKey: string; readonly data: Buffer }
  | { readonly road: "subscription"; readonly event: CloudWatchLogsEvent }
  | { readonly road: "firehose"; readonly event: FirehoseTransformationEvent }
  | { readonly road: "s3-object"; readonly event: SQSEvent; readonly objects: readonly SampleObject[] };

// Events of a round lie in the minutes before it.
const ROUND_MS = 120_000;

/**
 * One round of sample traffic: every source by every road, two accounts, three regions, with what happens in practice: a payload delivered
 * twice, one that is cut short, a control message. The same for the same seed and time.
 */
export function sampleRound(seed: number, nowMs: number): SampleDelivery[] {
  const round = new Round(new SeededRandom(seed), nowMs);
  return [...round.throughKinesis(), ...round.bySubscription(), round.throughFirehose(), round.fromObjects()];
}

type Line = (random: SeededRandom, site: Site, timeMs: number) => string | string[];

class Round {
  readonly #random: SeededRandom;
  readonly #nowMs: number;

  constructor(random: SeededRandom, nowMs: number) {
    this.#random = random;
    this.#nowMs = nowMs;
  }

  throughKinesis(): SampleDelivery[] {
    const payloads = SITES.flatMap((site) => [
      this.#payload(site, "/aws/vpc/flow-logs", `eni-${this.#random.hex(17)}-all`, 25, vpcFlowV2),
      this.#payload(
        site,
        `/aws/lambda/${this.#random.pick(SERVICES)}-prices`,
        this.#functionStream(),
        4,
        (random, _site, timeMs) => lambdaTextLines(random, timeMs),
      ),
      this.#payload(
        site,
        `/ecs/${this.#random.pick(SERVICES)}`,
        `web/app/${this.#random.hex(32)}`,
        20,
        (random, _site, timeMs) => appJson(random, timeMs),
      ),
      this.#payload(site, "/ec2/backoffice", `i-${this.#random.hex(17)}`, 15, (random, _site, timeMs) =>
        appText(random, timeMs),
      ),
      this.#payload(
        site,
        "aws-cloudtrail-logs",
        `${site.account}_CloudTrail_${site.region}`,
        6,
        (random, _site, timeMs) => JSON.stringify(cloudTrailRecord(random, site, timeMs)),
      ),
    ]);
    const [first, second] = payloads;
    const cutShort = second.subarray(0, Math.floor(second.length / 2));
    return [...payloads, first, controlMessage(CENTRAL, this.#nowMs), cutShort].map((data) => ({
      road: "kinesis",
      partitionKey: this.#random.hex(32),
      data,
    }));
  }

  bySubscription(): SampleDelivery[] {
    const payloads = SITES.map((site) =>
      this.#payload(site, "/aws/lambda/print-label", this.#functionStream(), 5, (random, _site, timeMs) =>
        lambdaJsonLines(random, timeMs),
      ),
    );
    return payloads.map((data) => ({ road: "subscription", event: { awslogs: { data: data.toString("base64") } } }));
  }

  throughFirehose(): SampleDelivery {
    const name = "belfry-transform";
    const { account, region } = CENTRAL;
    const payloads = SITES.map((site) =>
      this.#payload(site, "/ecs/storefront", `web/app/${this.#random.hex(32)}`, 10, (random, _site, timeMs) =>
        appJson(random, timeMs),
      ),
    );
    return {
      road: "firehose",
      event: {
        invocationId: this.#random.uuid(),
        deliveryStreamArn: `arn:aws:firehose:${region}:${account}:deliverystream/${name}`,
        region,
        records: payloads.map((data, i) => ({
          recordId: `49${this.#random.hex(10)}${String(i).padStart(6, "0")}`,
          approximateArrivalTimestamp: this.#nowMs,
          data: data.toString("base64"),
        })),
      },
    };
  }

  fromObjects(): SampleDelivery {
    const objects = [this.#trailObject(SITES[0]), this.#flowObject(SITES[1]), this.#linesObject(SITES[2])];
    const messages = objects.map((object) => ({
      messageId: this.#random.uuid(),
      receiptHandle: this.#random.hex(40),
      body: JSON.stringify({ Records: [createdRecord(object, this.#nowMs)] }),
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: String(this.#nowMs),
        SenderId: CENTRAL.account,
        ApproximateFirstReceiveTimestamp: String(this.#nowMs),
      },
      messageAttributes: {},
      md5OfBody: "",
      eventSource: "aws:sqs",
      eventSourceARN: `arn:aws:sqs:${CENTRAL.region}:${CENTRAL.account}:belfry-objects`,
      awsRegion: CENTRAL.region,
    }));
    for (const message of messages) message.md5OfBody = createHash("md5").update(message.body).digest("hex");
    return { road: "s3-object", event: { Records: messages }, objects };
  }

  #trailObject(site: Site): SampleObject {
    const records = this.#times(8).map((timeMs) => cloudTrailRecord(this.#random, site, timeMs));
    return this.#object(
      "shop-cloudtrail",
      site,
      "CloudTrail",
      `CloudTrail_${site.region}`,
      "json.gz",
      JSON.stringify({ Records: records }),
    );
  }

  #flowObject(site: Site): SampleObject {
    const lines = this.#times(20).map((timeMs) => vpcFlowV5(this.#random, site, timeMs));
    return this.#object(
      "shop-flow-logs",
      site,
      "vpcflowlogs",
      "vpcflowlogs",
      "log.gz",
      `${[VPC_FLOW_V5_HEADER, ...lines].join("\n")}\n`,
    );
  }

  #linesObject(site: Site): SampleObject {
    const lines = this.#times(12).map((timeMs) => appJson(this.#random, timeMs));
    return this.#object("shop-exports", site, "app", "app", "ndjson.gz", `${lines.join("\n")}\n`);
  }

  #object(bucket: string, site: Site, service: string, name: string, extension: string, text: string): SampleObject {
    const day = new Date(this.#nowMs).toISOString().slice(0, 10).replaceAll("-", "/");
    const key = `AWSLogs/${site.account}/${service}/${site.region}/${day}/${site.account}_${name}_${this.#random.letters(16)}.${extension}`;
    return { bucket, key, body: gzipSync(text) };
  }

  #payload(site: Site, logGroup: string, logStream: string, count: number, line: Line): Buffer {
    const lines = this.#times(count).flatMap((timeMs): LogLine[] =>
      [line(this.#random, site, timeMs)].flat().map((message) => ({ timeMs, message })),
    );
    return cloudWatchPayload(this.#random, site, logGroup, logStream, lines);
  }

  /** Times of events, in order. */
  #times(count: number): number[] {
    return Array.from({ length: count }, () => this.#nowMs - this.#random.integer(0, ROUND_MS)).sort((x, y) => x - y);
  }

  #functionStream(): string {
    return `${new Date(this.#nowMs).toISOString().slice(0, 10).replaceAll("-", "/")}/[$LATEST]${this.#random.hex(32)}`;
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
function createdRecord({ bucket, key, body }: SampleObject, nowMs: number): S3EventRecord {
  return {
    eventVersion: "2.1",
    eventSource: "aws:s3",
    awsRegion: CENTRAL.region,
    eventTime: new Date(nowMs).toISOString(),
    eventName: "ObjectCreated:Put",
    userIdentity: { principalId: "AWS:AIDAEXAMPLE" },
    requestParameters: { sourceIPAddress: "192.0.2.1" },
    responseElements: { "x-amz-request-id": "EXAMPLE", "x-amz-id-2": "EXAMPLE" },
    s3: {
      s3SchemaVersion: "1.0",
      configurationId: "belfry",
      bucket: { name: bucket, ownerIdentity: { principalId: "EXAMPLE" }, arn: `arn:aws:s3:::${bucket}` },
      object: {
        key: encodeURIComponent(key).replaceAll("%2F", "/"),
        size: body.length,
        eTag: createHash("md5").update(body).digest("hex"),
        sequencer: nowMs.toString(16).toUpperCase(),
      },
    },
  };
}
