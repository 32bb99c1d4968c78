import { createParse, createParseAs } from "@belfry/core/parsers/choose";
import { describe, expect, it } from "vitest";
import { batchOf } from "../../../support/batch.ts";
import { documentsOf, fieldOf } from "../../../support/parse.ts";

const HEADER = "version srcaddr dstaddr action log-status";
const LINE = "2 10.0.0.1 10.0.0.2 ACCEPT OK";
const object = { bucket: "logs", key: "AWSLogs/111122223333/vpcflowlogs/eu-central-1/a.log.gz", version: "1" };

describe("flow logs with a header", () => {
  it("drop the header by a rule and read the lines after it in its order", () => {
    const batch = batchOf([HEADER, LINE], { resource: { object } });
    createParse([])(batch);
    expect(batch.fates.isOpen(0)).toBe(false);
    expect(batch.fates.reasonOf(0)).toBe("header");
    const [document] = documentsOf(batch);
    expect([fieldOf(document, "source.ip"), fieldOf(document, "aws.vpcflow.action")]).toEqual(["10.0.0.1", "ACCEPT"]);
  });

  it("keep the order for the stream's next batch, and for no other stream", () => {
    const parse = createParse([]);
    const first = batchOf([HEADER], { resource: { object } });
    parse(first);
    const second = batchOf([LINE], { resource: { object } });
    second.streams[0] = first.streams[0];
    parse(second);
    const elsewhere = batchOf([LINE], { resource: { object } });
    parse(elsewhere);
    expect([second, elsewhere].map((batch) => fieldOf(documentsOf(batch)[0], "event.dataset"))).toEqual([
      "aws.vpcflow",
      "app.text",
    ]);
  });

  it("are known by the header alone, wherever the object lies", () => {
    const batch = batchOf([HEADER, LINE, "something else"], {
      resource: { object: { ...object, key: "my/flows.txt" } },
    });
    createParse([])(batch);
    expect(documentsOf(batch).map((document) => fieldOf(document, "event.dataset"))).toEqual([
      "aws.vpcflow",
      "app.text",
    ]);
  });

  it("may name columns that are not known here", () => {
    const batch = batchOf(["version srcaddr dstaddr quantum-state", "13 10.0.0.1 10.0.0.2 up"], {
      resource: { object },
    });
    createParse([])(batch);
    expect(fieldOf(documentsOf(batch)[0], "aws.vpcflow.quantum_state")).toBe("up");
  });

  it("are text when they name more columns than any flow log has", () => {
    const batch = batchOf([`version ${"action ".repeat(200)}`], { resource: { object } });
    createParse([])(batch);
    expect(fieldOf(documentsOf(batch)[0], "event.dataset")).toBe("app.text");
  });

  it("fill no table of this process, however many columns they invent", () => {
    const parse = createParse([]);
    for (let i = 0; i < 20; i++) {
      const invented = Array.from({ length: 30 }, (_, k) => `new-${i}-${k}`);
      const header = `version ${"action ".repeat(40)}${invented.join(" ")}`;
      parse(batchOf([header, "2 ACCEPT"], { resource: { object } }));
    }
    const batch = batchOf([HEADER, LINE], { resource: { object } });
    parse(batch);
    expect(fieldOf(documentsOf(batch)[0], "source.ip")).toBe("10.0.0.1");
  });

  it("win over the configured order", () => {
    const batch = batchOf([HEADER, LINE], { resource: { object } });
    createParse([{ key: "*vpcflowlogs*", parser: "aws.vpcflow", format: "srcaddr dstaddr version log-status action" }])(
      batch,
    );
    expect(fieldOf(documentsOf(batch)[0], "source.ip")).toBe("10.0.0.1");
  });

  it("are not any words that begin with a column's name", () => {
    const batch = batchOf(["version control is a fine thing", "action speaks"], { resource: { object } });
    createParse([])(batch);
    expect(documentsOf(batch)).toHaveLength(2);
  });
});

describe("a configured order", () => {
  it("is refused when it cannot be one", () => {
    expect(() => createParseAs("aws.vpcflow", { format: "${version} $srcaddr" })).toThrow(
      /no column of a flow log: "\$srcaddr"/,
    );
    expect(() => createParseAs("aws.vpcflow", { format: " " })).toThrow(/no column/);
  });

  it("leaves lines with fewer words to other parsers", () => {
    const batch = batchOf(["10.0.0.1 only"]);
    createParseAs("aws.vpcflow", { format: "srcaddr dstaddr action" })(batch);
    expect(fieldOf(documentsOf(batch)[0], "event.dataset")).toBe("app.text");
  });
});
