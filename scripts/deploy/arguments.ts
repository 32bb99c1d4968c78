import type { Action, Tool } from "./tool-command.ts";

/** What the command line says. */
export interface DeployArguments {
  readonly action: Action;
  readonly tool: Tool;
  readonly stage: string | undefined;
  /** By path from the current folder. */
  readonly config: string;
  /** A profile of ~/.aws/config, for AWS_PROFILE. */
  readonly profile: string | undefined;
  readonly help: boolean;
  /** What is not ours goes to the tool as it is, in its order. */
  readonly rest: readonly string[];
}

const ACTIONS: readonly Action[] = ["deploy", "diff", "remove"];
const TOOLS: readonly Tool[] = ["sst", "cdk"];

/** Options that take a value. */
const VALUED = ["--stage", "--config", "--profile"];

/** Reads `ACTION TOOL [--stage S] [--config F] [--profile P] [--help] …`. Raises an error for an option without its value. */
export function parseDeployArguments(argv: readonly string[]): DeployArguments {
  const [first, second, ...given] = argv;
  const action = ACTIONS.find((known) => known === first);
  const tool = TOOLS.find((known) => known === second);
  if (action === undefined || tool === undefined) {
    throw new Error(
      `expected ${ACTIONS.join(", ")} and then ${TOOLS.join(" or ")}, got "${argv.slice(0, 2).join(" ")}"`,
    );
  }
  const values = new Map<string, string>();
  const rest: string[] = [];
  let help = false;
  for (let index = 0; index < given.length; index++) {
    const [name, inline] = splitOption(given[index]);
    if (name === "--help") help = true;
    else if (VALUED.includes(name)) {
      const value = inline ?? given[++index];
      if (value === undefined || value.startsWith("--")) throw new Error(`${name} needs a value`);
      values.set(name, value);
    } else rest.push(given[index]);
  }
  return {
    action,
    tool,
    stage: values.get("--stage"),
    profile: values.get("--profile"),
    config: values.get("--config") ?? "belfry.config.ts",
    help,
    rest,
  };
}

function splitOption(text: string): [string, string | undefined] {
  const at = text.indexOf("=");
  return text.startsWith("--") && at > 0 ? [text.slice(0, at), text.slice(at + 1)] : [text, undefined];
}
