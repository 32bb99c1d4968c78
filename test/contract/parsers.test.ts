import { DATASETS } from "@belfry/core/config/datasets";
import { parserFor } from "@belfry/core/parsers/choose";
import { describe, expect, it } from "vitest";
import { batchOf } from "../support/batch.ts";
import { documentsOf } from "../support/parse.ts";

/** What no parser of a format takes; the two that take any line are asked what they make of it. */
const FOREIGN = ["", " ", "\u0000", "hello", "{", "}", '{"a":', "[1]", '{"a":1}}', "2 1 2 3", "\\", '"', "é🙂"];
const TAKES_ANY = new Set(["aws.lambda", "app.text"]);

const OWN: Readonly<Record<(typeof DATASETS)[number], string>> = {
  "aws.vpcflow": "2 111122223333 eni-0a1b2c3d4e5f60718 10.0.0.1 10.0.0.2 1 2 6 1 40 1763780400 1763780460 ACCEPT OK",
  "aws.cloudtrail":
    '{"eventVersion":"1.08","eventTime":"2026-11-22T03:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject"}',
  "aws.lambda": "START RequestId: 8f507cfc-1a2b-4c3d-8e4f-0123456789ab Version: 7",
  "app.json": '{"message":"x"}',
  "app.text": "hello",
};

describe.each(DATASETS)("the parser of %s", (dataset) => {
  it("is named as its data set", () => {
    expect(parserFor(dataset).dataset).toBe(dataset);
  });

  it("takes its own format, first, last and among others", () => {
    const parser = parserFor(dataset);
    const batch = batchOf([OWN[dataset], "x", OWN[dataset]]);
    expect([parser.parse(batch, 0), parser.parse(batch, 2)]).toEqual([true, true]);
    const [first, , last] = documentsOf(batch);
    expect({ ...last, belfry: undefined }).toEqual({ ...first, belfry: undefined });
  });

  it("refuses other bytes with nothing set, or takes them whole", () => {
    for (const message of FOREIGN) {
      const parser = parserFor(dataset);
      const batch = batchOf([message], { time: 7 });
      expect(parser.parse(batch, 0)).toBe(TAKES_ANY.has(dataset));
      if (TAKES_ANY.has(dataset)) expect(documentsOf(batch)[0].message).toBe(message);
      else expect([batch.rowsTo[0] - batch.rowsFrom[0], batch.time[0], batch.sensitive.length]).toEqual([0, 7, 0]);
    }
  });

  it("reads nothing of the records around its own", () => {
    for (let cut = 0; cut < OWN[dataset].length; cut++) {
      const head = OWN[dataset].slice(0, cut);
      const rest = OWN[dataset].slice(cut);
      const together = batchOf([head]);
      const payload = Buffer.from(head + rest);
      const apart = batchOf([payload]);
      apart.end[0] = apart.start[0] + cut;
      const parser = parserFor(dataset);
      expect(parser.parse(apart, 0)).toBe(parser.parse(together, 0));
      expect(documentsOf(apart)).toEqual(documentsOf(together));
    }
  });
});
