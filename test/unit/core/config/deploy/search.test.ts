import { Search } from "@belfry/core/config/deploy/search";
import { describe, expect, it } from "vitest";

describe("deploy.search", () => {
  it.each([
    [{ type: "none" }, { type: "none" }],
    [{ type: "serverless" }, { minOcu: 0, maxOcu: 8, standbyReplicas: true, vpcEndpoints: [], firehose: false }],
    [{ type: "domain" }, { instanceCount: 2, zones: 2, volumeGiB: 100, firehose: false }],
    [
      { type: "url", endpoint: "https://search.example.com" },
      { service: "es", firehose: false },
    ],
  ])("fills in %j", (given, expected) => {
    expect(Search.parse(given)).toMatchObject(expected);
  });

  it.each([
    [{ type: "cluster" }, /type/],
    [{ type: "serverless", minOcu: 9, maxOcu: 8 }, /more than maxOcu/],
    [{ type: "serverless", vpcEndpoints: ["vpc-1"] }, /vpce-/],
    [{ type: "serverless", zones: 2 }, /zones/],
    [{ type: "domain", instanceCount: 3, zones: 2 }, /not a multiple of zones, 2/],
    [{ type: "domain", engineVersion: "2.19" }, /OpenSearch_3.3/],
    [{ type: "url" }, /endpoint/],
    [{ type: "url", endpoint: "https://search.example.com", firehose: true }, /firehose/],
  ])("refuses %j", (given, reason) => {
    expect(() => Search.parse(given)).toThrow(reason);
  });
});
