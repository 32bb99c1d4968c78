import { maskCredentials } from "./mask-credentials.ts";
import { MAX_TEXT_LENGTH, type SegmentCause, type SegmentException, segmentText } from "./segment-document.ts";

// An error's story within a document of 64 kB: the nearest causes and frames are what is read.
const MAX_EXCEPTIONS = 4;
const MAX_FRAMES = 15;

/**
 * Describes errors for one trace. An error that passes through several spans is described where it was first seen, and named by its
 * exception's id in the spans around, as X-Ray's documents ask for.
 */
export class Exceptions {
  readonly #known = new WeakMap<object, string>();
  readonly #newId: () => string;

  /** `newId` gives 16 hexadecimal digits. */
  constructor(newId: () => string) {
    this.#newId = newId;
  }

  /** The cause to put on a span: a description the first time, then the id. */
  causeOf(thrown: unknown): SegmentCause | string {
    const known = isObject(thrown) ? this.#known.get(thrown) : undefined;
    if (known !== undefined) return known;
    const chain: unknown[] = [thrown];
    for (let next = causeOf(thrown); next !== undefined && chain.length < MAX_EXCEPTIONS; next = causeOf(next)) {
      if (chain.includes(next)) break;
      chain.push(next);
    }
    const ids = chain.map(() => this.#newId());
    if (isObject(thrown)) this.#known.set(thrown, ids[0]);
    const exceptions = chain.map((error, i): SegmentException => {
      const described = describe(error, ids[i]);
      return i + 1 < ids.length ? { ...described, cause: ids[i + 1] } : described;
    });
    return { working_directory: segmentText(process.cwd()), exceptions };
  }
}

function describe(thrown: unknown, id: string): SegmentException {
  if (!(thrown instanceof Error))
    return { id, type: typeof thrown, message: segmentText(maskCredentials(safeText(thrown))) };
  const { code } = thrown as { code?: unknown };
  const type = typeof code === "string" ? `${thrown.name} ${code}` : thrown.name;
  const frames = framesOf(thrown.stack ?? "");
  const left = frames.length - MAX_FRAMES;
  return {
    id,
    type: segmentText(type),
    message: segmentText(maskCredentials(thrown.message)),
    stack: frames.slice(0, MAX_FRAMES),
    ...(left > 0 ? { truncated: left } : {}),
  };
}

// `at label (path:line:column)`, `at path:line:column`, and either with `async` or a file URL.
const FRAME = /^\s*at (?:async )?(?:(?<label>.*?) \()?(?:file:\/\/)?(?<path>[^()]*?):(?<line>\d+)(?::\d+)?\)?$/;

function framesOf(stack: string): { path: string; line: number; label: string }[] {
  return stack.split("\n").flatMap((text) => {
    const { label = "anonymous", path, line } = FRAME.exec(text)?.groups ?? {};
    if (path === undefined || line === undefined) return [];
    return [{ path: path.slice(-MAX_TEXT_LENGTH), line: Number(line), label: segmentText(label) }];
  });
}

function causeOf(thrown: unknown): unknown {
  return thrown instanceof Error ? thrown.cause : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function safeText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
