import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { BelfryError, messageOf } from "@belfry/core/platform/errors";

/** The name that stands for standard input. */
export const STDIN = "-";

/** The bytes of a file, or of standard input for `-`, as they lie there. Raises NOT_FOUND or BAD_ARGUMENT. */
export async function readInput(name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await openInput(name)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Opens a file, or standard input for `-`, for reading piece by piece. Raises NOT_FOUND or BAD_ARGUMENT. */
export async function openInput(name: string): Promise<AsyncIterable<Uint8Array>> {
  if (name === STDIN) return process.stdin;
  try {
    if ((await stat(name)).isDirectory()) throw new BelfryError("BAD_ARGUMENT", `${name} is a folder: name its files`);
  } catch (cause) {
    if (cause instanceof BelfryError) throw cause;
    throw new BelfryError("NOT_FOUND", `cannot read ${name}: ${messageOf(cause)}`, { cause });
  }
  return createReadStream(name);
}

/** The lines of a file or of standard input, one after the other; a last line without its newline counts too. */
export async function* linesOf(name: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of await openInput(name)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}

/** What an argument says: `@file` and `-` stand for what is in a file or comes on standard input, anything else for itself. */
export async function argumentText(argument: string): Promise<string> {
  if (argument === STDIN) return (await readInput(STDIN)).toString("utf8");
  return argument.startsWith("@") ? (await readInput(argument.slice(1))).toString("utf8") : argument;
}
