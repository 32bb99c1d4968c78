import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../../packages/core/src/config/schema.ts";
import { MINIMAL, synthesize } from "./support/synth.ts";

type Sink = NonNullable<ConfigInput["sinks"]>[string];
type Deploy = NonNullable<ConfigInput["deploy"]>;
const ARN = "arn:aws:es:eu-west-1:111122223333:domain/logs";
const URL = "https://search.example.com";

const withSink = (sink: Sink, deploy: Deploy = {}): ConfigInput => ({
  sinks: { archive: { type: "archive" }, other: sink },
  deploy: { ...MINIMAL.deploy, ...deploy },
});

describe("sinks that cannot be deployed", () => {
  it.each<[string, ConfigInput, string]>([
    ["a file", withSink({ type: "file", path: "out.json" }), "sinks.other: files are for the local runtime"],
    [
      "a cluster that nothing names",
      withSink({ type: "opensearch" }),
      "sinks.other: there is no cluster: give its endpoint",
    ],
    [
      "the stream that Belfry reads",
      withSink({ type: "kinesis", stream: "belfry-test-logs" }, { ingest: { buffer: "on-demand" } }),
      "sinks.other: belfry-test-logs is the stream that Belfry reads",
    ],
    [
      "a bucket that is taken in",
      withSink({ type: "s3", bucket: "load-balancers" }, { ingest: { buckets: ["load-balancers"] } }),
      "sinks.other: load-balancers is one of ingest.buckets",
    ],
  ])("%s is refused", (_, config, message) => {
    expect(() => synthesize(config)).toThrow(message);
  });
});

describe("a cluster that is there already", () => {
  const resourceOf = (config: ConfigInput): unknown => {
    const roles = Object.values(synthesize(config).template("Ingest").findResources("AWS::IAM::Role"));
    const statements = roles.flatMap(({ Properties }) => Properties.Policies[0].PolicyDocument.Statement);
    return statements.find(({ Action }) => Action === "es:ESHttpPost")?.Resource;
  };

  it("is written to by its ARN, where that is known", () => {
    const search = { type: "url", endpoint: URL, arn: ARN } as const;
    expect(resourceOf({ deploy: { ...MINIMAL.deploy, search } })).toBe(`${ARN}/_bulk`);
  });

  it("may be any of its region else", () => {
    const other = { type: "opensearch", endpoint: URL, region: "us-east-1" } as const;
    expect(JSON.stringify(resourceOf(withSink(other)))).toContain(":es:us-east-1:");
  });
});
