import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { belfryCommand } from "@belfry/local/program";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FakeTerminal } from "../fake-terminal.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "belfry-match-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function match(...args: string[]) {
  const terminal = new FakeTerminal();
  await belfryCommand(terminal).parseAsync(["match", ...args], { from: "user" });
  return terminal;
}

describe("belfry match", () => {
  it("says whether an event matches a pattern, and ends with 0 or 1", async () => {
    const pattern = '{"detail":{"state":["stopped"]}}';
    expect(await match("--pattern", pattern, "--event", '{"detail":{"state":"stopped"}}')).toMatchObject({
      printed: ["match"],
      exitCode: 0,
    });
    expect(await match("--pattern", pattern, "--event", '{"detail":{"state":"running"}}')).toMatchObject({
      printed: ["no match"],
      exitCode: 1,
    });
    expect(await match("--pattern", pattern, "--event", "{}", "--json")).toMatchObject({
      printed: ['{"match":false}'],
      exitCode: 1,
    });
  });

  it("reads pattern and event from files", async () => {
    const [pattern, event] = [path.join(folder, "pattern.json"), path.join(folder, "event.json")];
    await writeFile(pattern, '{"a":[{"prefix":"x"}]}');
    await writeFile(event, '{"a":"xy"}\n');
    expect((await match("--pattern", `@${pattern}`, "--event", `@${event}`)).printed).toEqual(["match"]);
  });

  it("refuses a pattern with AWS's reason, and an event that is not JSON", async () => {
    await expect(match("--pattern", '{"a":"x"}', "--event", "{}")).rejects.toThrow('"a" must be an object or an array');
    await expect(match("--pattern", '{"a":["x"]}', "--event", "a=x")).rejects.toThrow("the event is not JSON");
    await expect(match("--pattern", '{"a":["x"]}')).rejects.toThrow("give --pattern and --event, or --lines");
  });

  it("evaluates a filter pattern of CloudWatch Logs against a line", async () => {
    const filter = "[ip = %10\\.0\\..*%, ..., status = 5*]";
    expect(await match("--filter", filter, "--line", "10.0.3.1 GET / 503")).toMatchObject({ printed: ["match"] });
    expect(await match("--filter", filter, "--line", "10.0.3.1 GET / 200")).toMatchObject({ exitCode: 1 });
    await expect(match("--filter", "foo-bar", "--line", "x")).rejects.toThrow(
      "filter pattern is not valid: a term with",
    );
    await expect(match("--filter", "x")).rejects.toThrow("give --filter and --line");
  });

  it("answers lines one by one, JSON or JSON in a string, numbers as they are spelt", async () => {
    const cases = path.join(folder, "cases.ndjson");
    await writeFile(
      cases,
      [
        '{"pattern":{"a":[1]},"event":{"a":1}}',
        '{"pattern":"{\\"a\\":[\\"x\\"]}","event":"{\\"a\\":\\"y\\"}"}',
        "",
        '{"event":{"a":"}, \\"pattern\\":{"},"pattern":{"a":[{"suffix":"{"}]}}',
        '{"pattern":{"a":"x"},"event":{}}',
        '{"pattern":{"a":["x"]},"event":"nope"}',
        '{"pattern":{"a":["x"]}}',
        "[1]",
        "oops",
      ].join("\n"),
    );
    const { printed, exitCode } = await match("--lines", cases);
    expect(printed.map((line) => JSON.parse(line))).toEqual([
      { match: true },
      { match: false },
      { match: true },
      { invalid: '"a" must be an object or an array' },
      { invalid: expect.stringContaining("the event is not JSON") },
      { invalid: 'the line is no object with "pattern" and "event"' },
      { invalid: 'the line is no object with "pattern" and "event"' },
      { invalid: expect.stringContaining("the line is not JSON") },
    ]);
    expect(exitCode).toBe(0);
  });
});
