import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { belfryCommand } from "@belfry/local/program";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { FakeTerminal } from "../fake-terminal.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "belfry-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(...args: string[]) {
  const terminal = new FakeTerminal();
  await belfryCommand(terminal).parseAsync(args, { from: "user" });
  return terminal;
}

async function configFile(name: string, value: unknown): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, typeof value === "string" ? value : JSON.stringify(value));
  return file;
}

const DROP = { drop: [{ name: "health", pattern: { app: { path: ["/health"] } } }] };

describe("belfry test", () => {
  it("says of each case whether it passes, and what differs", async () => {
    const file = await configFile("tests.json", {
      ...DROP,
      tests: [
        { name: "drops", given: { message: { path: "/health" } }, expect: { dropped: "health" } },
        {
          name: "keeps lines together",
          given: { message: "ERROR one\n  at two" },
          expect: { route: "default", fields: { message: "ERROR one\n  at two", "log.level": "ERROR" } },
        },
        {
          name: "is wrong",
          given: { message: "text", time: "2026-01-31T08:00:00Z" },
          expect: { fields: { "@timestamp": "2026-01-31T08:00:00.000Z", message: "other" } },
        },
      ],
    });
    const { printed, notes, exitCode } = await run("test", "--config", file);
    expect(printed).toEqual([
      "pass  drops",
      "pass  keeps lines together",
      'FAIL  is wrong\n      expected message to be "other", but it is "text"',
    ]);
    expect(notes).toEqual(["1 of 3 failed"]);
    expect(exitCode).toBe(1);
    const json = await run("test", "--config", file, "--json");
    expect(json.printed.map((text) => JSON.parse(text).passed)).toEqual([true, true, false]);
  });

  it("says so when there are no tests", async () => {
    await expect(run("test", "--config", await configFile("none.json", {}))).rejects.toThrow("has no tests");
  });
});

describe("belfry config", () => {
  it("says what a valid configuration has, and shows it with its defaults", async () => {
    const file = await configFile("valid.json", DROP);
    expect((await run("config", "check", file)).printed).toEqual([`valid  ${file}: 0 routes, 1 sink, 1 rule, 0 tests`]);
    expect(JSON.parse((await run("config", "show", file)).printed[0])).toMatchObject({
      ...DROP,
      defaultRoute: ["archive"],
    });
  });

  it("names every problem with its place and the nearest name", async () => {
    const file = await configFile("invalid.json", { rotes: [], defaultRoute: ["archve"] });
    await expect(run("config", "check", file)).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining('rotes: unknown key; did you mean "routes"?'),
    });
    await expect(run("config", "check", path.join(folder, "absent.json"))).rejects.toThrow(
      "there is no configuration file",
    );
  });

  it("prints the JSON Schema", async () => {
    expect(JSON.parse((await run("config", "schema")).printed[0])).toMatchObject({
      type: "object",
      additionalProperties: false,
    });
  });
});

describe("the command line", () => {
  it("suggests the nearest name for a command or option that there is not", async () => {
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    await expect(run("serch")).rejects.toThrow("(Did you mean search?)");
    await expect(run("search", "--limt", "1")).rejects.toThrow("(Did you mean --limit?)");
    vi.restoreAllMocks();
  });

  it("has examples and exit codes in the help of every command", () => {
    const program = belfryCommand(new FakeTerminal());
    for (const command of program.commands) {
      let help = "";
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      expect({ command: command.name(), help }).toEqual({
        command: command.name(),
        help: expect.stringContaining("Examples:\n  $ "),
      });
    }
  });
});
