import { configJsonSchema } from "@belfry/core/config/json-schema";
import { BelfryError } from "@belfry/core/platform/errors";
import { Command } from "commander";
import { plural, type Terminal } from "../cli/terminal.ts";
import { findConfig } from "../runtime/load-config.ts";

const HELP = `
Examples:
  $ belfry config check                       belfry.config.ts in this folder
  $ belfry config check other.config.json
  $ belfry config show                        with all defaults filled in
  $ belfry config schema > belfry.schema.json for editors: { "$schema": "./belfry.schema.json" }`;

const CHECK_HELP = `
Exit codes:
  0  valid
  2  not valid, with every problem and its place; or there is no such file`;

/** `belfry config`. */
export function configCommand(terminal: Terminal): Command {
  const command = new Command("config").description("validate and show the configuration").addHelpText("after", HELP);
  command
    .command("check")
    .description("validate a configuration: keys, names, event patterns, expressions")
    .argument("[file]", "the file; belfry.config.ts in this folder when absent")
    .addHelpText("after", CHECK_HELP)
    .action(async (named: string | undefined) => {
      const { config, file } = await findConfig(named);
      if (file === undefined) throw new BelfryError("NOT_FOUND", "there is no belfry.config.ts in this folder");
      const { routes, sinks, drop, sample, tests } = config;
      const parts = [
        plural(routes.length, "route"),
        plural(Object.keys(sinks).length, "sink"),
        plural(drop.length + sample.length, "rule"),
        plural(tests.length, "test"),
      ];
      terminal.print(`${terminal.paint.good("valid")}  ${file}: ${parts.join(", ")}`);
      if (tests.length > 0) terminal.note(terminal.paint.faint("run the tests by belfry test"));
    });
  command
    .command("show")
    .description("print the configuration with all defaults, as JSON")
    .argument("[file]", "the file; belfry.config.ts in this folder when absent, or else the defaults alone")
    .action(async (named: string | undefined) => {
      terminal.print(JSON.stringify((await findConfig(named)).config, null, 2));
    });
  command
    .command("schema")
    .description("print the JSON Schema of the configuration")
    .action(() => terminal.print(JSON.stringify(configJsonSchema(), null, 2)));
  return command;
}
