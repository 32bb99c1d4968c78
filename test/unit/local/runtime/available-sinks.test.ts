import { parseConfig } from "@belfry/core/config/load";
import { availableSinks } from "@belfry/local/runtime/available-sinks";
import { describe, expect, it } from "vitest";

const NOTHING = { openSearchUrl: undefined, hasAws: false };

const config = parseConfig(
  {
    sinks: {
      search: { type: "opensearch", endpoint: "https://logs.example.com" },
      keep: { type: "archive", compression: "zstd" },
      out: { type: "kinesis", stream: "s" },
      disk: { type: "file", path: "x" },
    },
    defaultRoute: ["search", "keep"],
    routes: [
      { name: "errors", pattern: { log: { level: ["error"] } }, sinks: ["search"] },
      { name: "all", pattern: { event: { dataset: [{ exists: true }] } }, sinks: ["search", "out", "disk"] },
    ],
  },
  "test",
);

describe("sinks on this machine", () => {
  it("are those of files; a route that loses all goes to the archive", () => {
    const { config: here, notices } = availableSinks(config, NOTHING);
    expect(Object.keys(here.sinks).sort()).toEqual(["disk", "keep"]);
    expect(here.sinks.keep).toEqual({ type: "archive", compression: "zstd" });
    expect(here.routes.map(({ sinks }) => sinks)).toEqual([["keep"], ["disk"]]);
    expect(here.defaultRoute).toEqual(["keep"]);
    expect(notices).toEqual([
      'the sink "search" is left out: set OPENSEARCH_URL to use it',
      'the sink "out" is left out: set AWS_ENDPOINT_URL to an emulator, or give --aws, to use it',
    ]);
  });

  it("are all of them when services are named, and the notice shows no password", () => {
    const { config: here, notices } = availableSinks(config, {
      openSearchUrl: "https://ann:secret@localhost:9200",
      hasAws: true,
    });
    expect(here).toBe(config);
    expect(notices).toEqual(["OpenSearch at https://localhost:9200"]);
  });

  it("get an archive when the configuration has none and something is left out", () => {
    const bare = parseConfig({ sinks: { search: { type: "opensearch" } }, defaultRoute: ["search"] }, "test");
    const { config: here } = availableSinks(bare, NOTHING);
    expect(here.sinks).toEqual({ archive: { type: "archive", compression: "gzip" } });
    expect(here.defaultRoute).toEqual(["archive"]);
  });
});
