import type { TestCaseConfig } from "@belfry/core/config/schema";
import { compareOutcome } from "@belfry/core/config/test-cases";
import { BelfryError } from "@belfry/core/platform/errors";
import { Command } from "commander";
import { ExitCode } from "../cli/exit-code.ts";
import type { Terminal } from "../cli/terminal.ts";
import { valueAt } from "../json-path.ts";
import { DryRun, type Explanation } from "../runtime/dry-run.ts";
import { findConfig } from "../runtime/load-config.ts";
import { messageSource, resourceAt } from "../runtime/message-source.ts";

const HELP = `
A test case says what a log message is to become. In belfry.config.ts:

  tests: [
    {
      name: "health checks are dropped",
      given: { message: { path: "/health" }, logGroup: "/ecs/web" },
      expect: { dropped: "health-checks" },
    },
  ]

Exit codes:
  0  all pass
  1  some fail
  2  the configuration is not valid, or has no tests

Examples:
  $ belfry test
  $ belfry test --config examples/central-logging/belfry.config.ts --json`;

interface TestOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** `belfry test`. */
export function testCommand(terminal: Terminal): Command {
  return new Command("test")
    .description("run the test cases of the configuration")
    .option("--config <file>", "the configuration; belfry.config.ts in this folder when absent")
    .option("--json", "one JSON object a case")
    .addHelpText("after", HELP)
    .action((options: TestOptions) => test(options, terminal));
}

async function test(options: TestOptions, terminal: Terminal): Promise<void> {
  const { config, file } = await findConfig(options.config);
  if (config.tests.length === 0) {
    throw new BelfryError("BAD_CONFIG", `${file ?? "the default configuration"} has no tests; see belfry test --help`);
  }
  const run = new DryRun(config);
  let failed = 0;
  for (const testCase of config.tests) {
    const differences = await differencesOf(run, testCase);
    if (differences.length > 0) failed++;
    report(testCase.name, differences, options.json === true, terminal);
  }
  const { length } = config.tests;
  if (options.json !== true) terminal.note(failed === 0 ? `${length} passed` : `${failed} of ${length} failed`);
  if (failed > 0) terminal.exitCode = ExitCode.no;
}

/** What differs between expectation and outcome, a sentence each. */
async function differencesOf(run: DryRun, { given, expect }: TestCaseConfig): Promise<string[]> {
  const text = typeof given.message === "string" ? given.message : JSON.stringify(given.message);
  const source = messageSource([
    {
      bytes: Buffer.from(text),
      resource: resourceAt(given),
      origin: "test",
      ...(given.time === undefined ? {} : { timeMs: Date.parse(given.time) }),
    },
  ]);
  const explanations: Explanation[] = [];
  for await (const explanation of run.explain(source)) explanations.push(explanation);
  const [explanation] = explanations;
  const document: unknown = JSON.parse(explanation.document);
  return compareOutcome(expect, { ...explanation, field: (path) => valueAt(document, path) });
}

function report(name: string, differences: readonly string[], json: boolean, { print, paint }: Terminal): void {
  if (json) {
    print(JSON.stringify({ name, passed: differences.length === 0, differences }));
    return;
  }
  const mark = differences.length === 0 ? paint.good("pass") : paint.bad("FAIL");
  print([`${mark}  ${name}`, ...differences.map((difference) => `      ${difference}`)].join("\n"));
}
