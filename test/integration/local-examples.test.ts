import { readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { configCommand } from "@belfry/local/commands/config";
import { startCommand } from "@belfry/local/commands/start";
import { testCommand } from "@belfry/local/commands/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FakeTerminal } from "../unit/local/fake-terminal.ts";

const configs = ["belfry.config.ts", ...readdirSync("examples").map((name) => `examples/${name}/belfry.config.ts`)];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "belfry-examples-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(
  make: (terminal: FakeTerminal) => ReturnType<typeof configCommand>,
  ...args: string[]
): Promise<FakeTerminal> {
  const terminal = new FakeTerminal();
  await make(terminal).exitOverride().parseAsync(args, { from: "user" });
  return terminal;
}

describe.each(configs)("%s", (file) => {
  it("is valid", async () => {
    const { printed } = await run(configCommand, "check", file);
    expect(printed[0]).toMatch(/^valid /);
  });

  it("passes its own tests, if it has any", async () => {
    const config = JSON.parse((await run(configCommand, "show", file)).printed[0]);
    if (config.tests.length === 0) return;
    const { printed, exitCode } = await run(testCommand, "--config", file);
    expect({ printed: printed.filter((line) => !line.startsWith("pass")), exitCode }).toEqual({
      printed: [],
      exitCode: 0,
    });
  });
});

describe("examples/central-logging", () => {
  it("takes in sample traffic", async () => {
    const { printed, exitCode } = await run(
      (terminal) => startCommand(terminal, {}),
      "--once",
      "--json",
      "--dir",
      folder,
      "--config",
      "examples/central-logging/belfry.config.ts",
    );
    expect(JSON.parse(printed[0])).toMatchObject({
      identityHolds: true,
      retried: {},
      dropped: { "sample:accepted-flows": expect.any(Number), "lambda-start-end": expect.any(Number) },
    });
    expect(exitCode).toBe(0);
  });
});
