import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { belfryCommand } from "@belfry/local/program";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FakeTerminal } from "../fake-terminal.ts";

const CONFIG = {
  accounts: { "111122223333": { name: "production" } },
  drop: [{ name: "health", pattern: { app: { path: ["/health"] } } }],
  routes: [{ name: "errors", pattern: { log: { level: ["error"] } }, sinks: ["search", "archive"] }],
  sinks: { archive: { type: "archive" }, search: { type: "opensearch" } },
};

let folder: string;
let config: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "belfry-explain-"));
  config = path.join(folder, "belfry.config.json");
  await writeFile(config, JSON.stringify(CONFIG));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(...args: string[]) {
  const terminal = new FakeTerminal();
  await belfryCommand(terminal).parseAsync([...args, "--config", config], { from: "user" });
  return terminal;
}

describe("belfry explain", () => {
  const line = '{"level":"error","user":{"email":"ann@example.com"},"order":5}';

  it("says what each stage did to a line, where it goes and under which id", async () => {
    const { printed } = await run("explain", "--line", line, "--log-group", "/ecs/web", "--account", "111122223333");
    const text = printed[0].replaceAll(/ {2,}/g, "  ");
    expect(text).toMatch(/^record {2}[0-9a-f]{32}\nfrom {2}line, 111122223333 \/ecs\/web\nparser {2}app\.json\n/);
    expect(text).toContain("\nenrich  cloud.account.name = production\n");
    expect(text).toMatch(/\nredact +app\.user\.email = \*+\n/);
    expect(text).toContain("\nroute  errors → search, archive\n");
    expect(text).toContain("\napp.order  5\n");
    expect(text).not.toContain("ann@example.com");
  });

  it("names the rule that drops it", async () => {
    const { printed } = await run("explain", "--line", '{"path":"/health"}');
    expect(printed[0]).toContain('by the rule "health"');
    expect(printed[0]).not.toContain("route ");
  });

  it("gives programs the same as JSON, for each record of a file up to the limit", async () => {
    const file = path.join(folder, "app.log");
    await writeFile(file, `${line}\nINFO plain\n{"path":"/health"}\n`);
    const { printed, notes } = await run("explain", file, "--json", "--limit", "2");
    expect(printed.map((text) => JSON.parse(text))).toEqual([
      expect.objectContaining({
        parser: "app.json",
        route: "errors",
        sinks: ["search", "archive"],
        document: expect.objectContaining({ log: expect.objectContaining({ level: "error" }) }),
      }),
      expect.objectContaining({ parser: "app.text", route: "default", sinks: ["archive"] }),
    ]);
    expect(notes).toEqual(["the first 2; there are more: --limit"]);
  });

  it("says why a payload cannot be read", async () => {
    const file = path.join(folder, "event.json");
    await writeFile(file, JSON.stringify({ awslogs: { data: "#".repeat(40) } }));
    const { printed } = await run("explain", file, "--json");
    expect(JSON.parse(printed[0])).toMatchObject({ refused: "bad base64", sinks: [] });
  });

  it("wants a file or a line, and a bucket for a key", async () => {
    await expect(run("explain")).rejects.toThrow("give a file, - for standard input, or --line");
    await expect(run("explain", "--line", "x", "--key", "k")).rejects.toThrow("--key needs --bucket");
  });
});

describe("belfry parse", () => {
  it("prints the documents of one parser, a line each, and counts what is not of the source", async () => {
    const file = path.join(folder, "flow.log");
    await writeFile(
      file,
      "2 123456789012 eni-1 10.0.0.1 10.0.0.2 443 5000 6 1 40 1700000000 1700000060 ACCEPT OK\nnot a flow log ann@example.com\n",
    );
    const { printed, notes, exitCode } = await run("parse", "--source", "aws.vpcflow", file, "--format", "ndjson");
    const documents = printed.map((text) => JSON.parse(text));
    expect(documents[0]).toMatchObject({ source: { ip: "10.0.0.1", port: 443 }, event: { dataset: "aws.vpcflow" } });
    expect(documents[1]).toMatchObject({ message: "not a flow log ann@example.com", event: { dataset: "app.text" } });
    expect(notes).toEqual(["1 record is not of aws.vpcflow, and parsed by looks instead"]);
    expect(exitCode).toBe(1);
  });

  it("takes the columns of a flow log", async () => {
    const file = path.join(folder, "columns.log");
    await writeFile(file, "10.0.0.9 REJECT\n");
    const { printed, exitCode } = await run(
      "parse",
      "--source",
      "aws.vpcflow",
      file,
      "--format",
      "ndjson",
      "--columns",
      "${srcaddr} ${action}",
    );
    expect(JSON.parse(printed[0])).toMatchObject({
      source: { ip: "10.0.0.9" },
      aws: { vpcflow: { action: "REJECT" } },
    });
    expect(exitCode).toBe(0);
  });
});
