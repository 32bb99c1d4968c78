import { ExitCode } from "./exit-code.ts";

/** Paints text: in colours on a terminal, not at all elsewhere. */
export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

/** Where a command writes, and what it ends with. */
export interface Terminal {
  /** What the process will end with when nothing is thrown. */
  exitCode: ExitCode;
  /** Results, on standard output; a newline is added. */
  print(text: string): void;
  /** What is said besides, on standard error; a newline is added. */
  note(text: string): void;
  /** Overwrites the line of progress on standard error; nothing where nobody watches. An empty text takes the line away. */
  progress(text: string): void;
  /** Takes the last lines of standard output away, where a person reads it. */
  up(lines: number): void;
  /** Whether a person reads standard output. */
  readonly isInteractive: boolean;
  /** Columns of the terminal; 120 where there is none. */
  readonly columns: number;
  readonly paint: Paint;
}

const DEFAULT_COLUMNS = 120;
const ESCAPE = "\u001b[";

/** The terminal of this process. Colours follow https://no-color.org. */
export function processTerminal(
  stdout: NodeJS.WriteStream = process.stdout,
  stderr: NodeJS.WriteStream = process.stderr,
  env: NodeJS.ProcessEnv = process.env,
): Terminal {
  const isInteractive = stdout.isTTY === true;
  let hasProgress = false;
  const clear = () => {
    if (hasProgress) stderr.write(`\r${ESCAPE}K`);
    hasProgress = false;
  };
  return {
    exitCode: ExitCode.done,
    print: (text) => {
      clear();
      stdout.write(`${text}\n`);
    },
    note: (text) => {
      clear();
      stderr.write(`${text}\n`);
    },
    progress: (text) => {
      if (stderr.isTTY !== true) return;
      clear();
      if (text === "") return;
      stderr.write(text.slice(0, (stderr.columns || DEFAULT_COLUMNS) - 1));
      hasProgress = true;
    },
    up: (lines) => {
      if (isInteractive) stdout.write(`${ESCAPE}${lines}A${ESCAPE}J`);
    },
    isInteractive,
    columns: stdout.columns || DEFAULT_COLUMNS,
    paint: paintFor(isInteractive && (env.NO_COLOR ?? "") === ""),
  };
}

function paintFor(colours: boolean): Paint {
  const colour = (code: number) => (text: string) => (colours ? `${ESCAPE}${code}m${text}${ESCAPE}0m` : text);
  return { good: colour(32), bad: colour(31), warn: colour(33), strong: colour(1), faint: colour(90) };
}

/** Number of columns that a text takes once its colours are taken off. */
export function widthOf(text: string): number {
  return text.replaceAll(COLOUR, "").length;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences begin with ESC
const COLOUR = /\u001b\[\d+m/g;

/** What came from a log, for a terminal: control characters, which could move the cursor or worse, are replaced. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, (char) => (char === "\n" || char === "\t" ? " " : "\ufffd"));
}

/** `1 route`, `2 routes`; `1 entry`, `2 entries`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
