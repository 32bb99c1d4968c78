import { InvalidPatternError } from "@belfry/core/patterns/invalid-pattern-error";
import { BelfryError, type ErrorCode } from "@belfry/core/platform/errors";
import { CommanderError } from "commander";

/** How the command ends. docs/command.md says what each means for every subcommand. */
export const ExitCode = {
  done: 0,
  /** It ran, and the answer is no: nothing found, no match, a test that fails, an accounting that does not add up. */
  no: 1,
  /** It cannot run as asked: options, configuration, pattern, query or input. */
  badUsage: 2,
  /** Something is left that the same command may do later. */
  retry: 3,
  /** A defect of Belfry (EX_SOFTWARE of sysexits). */
  defect: 70,
  /** Ctrl-C a second time (128 + SIGINT). */
  interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

const CODES: Readonly<Record<ErrorCode, ExitCode>> = {
  BAD_ARGUMENT: ExitCode.badUsage,
  BAD_CONFIG: ExitCode.badUsage,
  BAD_EVENT: ExitCode.badUsage,
  BAD_PAYLOAD: ExitCode.badUsage,
  BAD_PATTERN: ExitCode.badUsage,
  BAD_QUERY: ExitCode.badUsage,
  NOT_FOUND: ExitCode.badUsage,
  TOO_LARGE: ExitCode.badUsage,
  RETRY: ExitCode.retry,
  UNAVAILABLE: ExitCode.retry,
};

/** The exit code for what a command threw. */
export function exitCodeOf(thrown: unknown): ExitCode {
  if (thrown instanceof BelfryError) return CODES[thrown.code];
  if (thrown instanceof InvalidPatternError) return ExitCode.badUsage;
  // Commander has answered --help and --version by throwing, too.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? ExitCode.done : ExitCode.badUsage;
  return ExitCode.defect;
}
