import { createParse, createParseAs, parserFor } from "@belfry/core/parsers/choose";
import { BelfryError } from "@belfry/core/platform/errors";
import { describe, expect, it } from "vitest";
import { batchOf } from "../../../support/batch.ts";
import { documentsOf, fieldOf, parsed } from "../../../support/parse.ts";

const FLOW = "2 111122223333 eni-0a1b2c3d4e5f60718 10.0.0.1 10.0.0.2 1 2 6 1 40 1763780400 1763780460 ACCEPT OK";
const TRAIL =
  '{"eventVersion":"1.08","eventTime":"2026-11-22T03:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject"}';
const REPORT = "REPORT RequestId: 8f507cfc-1a2b-4c3d-8e4f-0123456789ab\tDuration: 15.74 ms";
const JSON_LINE = '{"msg":"hello"}';
const TEXT = "hello";

const datasetOf = (message: string, resource = {}): unknown => fieldOf(parsed(message, { resource }), "event.dataset");

describe("createParse", () => {
  it("tells each record of an unknown stream by its looks", () => {
    const batch = batchOf([TEXT, FLOW, TRAIL, REPORT, JSON_LINE, ` ${JSON_LINE}`, `${JSON_LINE}x`, ""]);
    createParse([])(batch);
    expect(documentsOf(batch).map((document) => fieldOf(document, "event.dataset"))).toEqual([
      "app.text",
      "aws.vpcflow",
      "aws.cloudtrail",
      "aws.lambda",
      "app.json",
      "app.json",
      "app.text",
      "app.text",
    ]);
  });

  it.each([
    [{ logGroup: "/aws/lambda/orders" }, TEXT, "aws.lambda"],
    [
      { logGroup: "shared", logStream: "2026/11/22/orders[3]0123456789abcdef0123456789abcdef" },
      JSON_LINE,
      "aws.lambda",
    ],
    [{ logGroup: "aws-cloudtrail-logs-111122223333-1a2b3c" }, TRAIL, "aws.cloudtrail"],
    [{ logGroup: "trail", logStream: "111122223333_CloudTrail_eu-west-1_3" }, TRAIL, "aws.cloudtrail"],
    [{ logGroup: "my-vpc-flow-logs" }, FLOW, "aws.vpcflow"],
    [{ logGroup: "net", logStream: "eni-0a1b2c3d4e5f60718-all" }, "- eni-1 10.0.0.1 10.0.0.2 - -", "aws.vpcflow"],
    [
      { object: { bucket: "b", key: "AWSLogs/1/CloudTrail/eu-west-1/x.json.gz", version: "" } },
      TRAIL,
      "aws.cloudtrail",
    ],
    [{ object: { bucket: "b", key: "AWSLogs/1/vpcflowlogs/x.gz", version: "" } }, FLOW, "aws.vpcflow"],
  ])("knows the places that AWS names: %j", (resource, message, dataset) => {
    expect(datasetOf(message, resource)).toBe(dataset);
  });

  it("falls back to a record's looks where a known place holds something else", () => {
    expect(datasetOf(JSON_LINE, { logGroup: "my-vpc-flow-logs" })).toBe("app.json");
    expect(datasetOf(TEXT, { logGroup: "aws-cloudtrail-logs" })).toBe("app.text");
    expect(datasetOf(FLOW, { logGroup: "aws-cloudtrail-logs" })).toBe("aws.vpcflow");
  });

  it("obeys the first rule that fits before anything else", () => {
    const parse = createParse([
      { logGroup: "/ecs/*", logStream: "raw-*", parser: "app.text" },
      { logGroup: "/ecs/*", parser: "app.json" },
      { bucket: "flows", key: "*.log", parser: "aws.vpcflow", format: "dstaddr srcaddr" },
    ]);
    const of = (message: string, resource: object): unknown =>
      fieldOf(parsed(message, { resource }, parse), "event.dataset");
    expect(of(TRAIL, { logGroup: "/ecs/a", logStream: "raw-1" })).toBe("app.text");
    expect(of(TRAIL, { logGroup: "/ecs/a", logStream: "x" })).toBe("app.json");
    expect(of("10.0.0.1 10.0.0.2", { object: { bucket: "flows", key: "a.log", version: "" } })).toBe("aws.vpcflow");
    expect(of("10.0.0.1 10.0.0.2", { object: { bucket: "other", key: "a.log", version: "" } })).toBe("app.text");
  });

  it("names the function of a Lambda log group on each of its records", () => {
    const document = parsed(TEXT, { resource: { logGroup: "/aws/lambda/orders" } });
    expect([fieldOf(document, "faas.name"), fieldOf(document, "message")]).toEqual(["orders", TEXT]);
  });

  it("leaves records alone that are settled or have a data set", () => {
    const batch = batchOf([JSON_LINE, JSON_LINE]);
    batch.fates.quarantine(0, "broken");
    batch.dataset[1] = 1;
    createParse([])(batch);
    expect([batch.dataset[0], batch.rowsTo[0] - batch.rowsFrom[0], batch.rowsTo[1] - batch.rowsFrom[1]]).toEqual([
      0, 0, 0,
    ]);
  });

  it("keeps the message where asked, and where it is not the message anyway", () => {
    const parse = createParse([], { keepOriginal: true });
    expect(fieldOf(parsed(FLOW, {}, parse), "event.original")).toBe(FLOW);
    expect(fieldOf(parsed(JSON_LINE, {}, parse), "event.original")).toBe(JSON_LINE);
    expect(fieldOf(parsed(TEXT, {}, parse), "event.original")).toBeUndefined();
  });

  it("marks the secrets of a JSON object for redaction, of that record only", () => {
    const batch = batchOf([TEXT, '{"msg":"x","password":"p"}']);
    createParse([])(batch);
    expect(batch.sensitive[0]).toBe(1);
    expect(batch.bytesOf(1).toString("utf8", batch.sensitive[1], batch.sensitive[2])).toBe("p");
  });
});

describe("createParseAs", () => {
  it("takes everything as the source that it is told, and the rest by its looks", () => {
    const batch = batchOf([TRAIL, TEXT]);
    createParseAs("app.json")(batch);
    expect(documentsOf(batch).map((document) => fieldOf(document, "event.dataset"))).toEqual(["app.json", "app.text"]);
  });
});

describe("parserFor", () => {
  it("names the data sets that there are when asked for another", () => {
    expect(() => parserFor("aws.unknown")).toThrow(BelfryError);
    expect(() => parserFor("aws.unknown")).toThrow(/no data set named "aws.unknown"; there are aws.vpcflow, /);
  });
});
