import { appendFile, mkdir } from "node:fs/promises";
import path from "node:path";

/** A file that lines are appended to in the background; those that come together are written together. */
export class LineFile {
  readonly #file: string;
  #pending = "";
  #writing: Promise<void> = Promise.resolve();
  #isWriting = false;

  constructor(file: string) {
    this.#file = file;
  }

  append(line: string): void {
    this.#pending += `${line}\n`;
    if (this.#isWriting) return;
    this.#isWriting = true;
    this.#writing = this.#write();
    // Raised by settled(); an error that nobody waits for must not end the process.
    this.#writing.catch(() => undefined);
  }

  /** Resolves when all lines are in the file; raises what kept them out. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    try {
      await mkdir(path.dirname(this.#file), { recursive: true });
      while (this.#pending !== "") {
        const lines = this.#pending;
        this.#pending = "";
        await appendFile(this.#file, lines);
      }
    } finally {
      this.#isWriting = false;
    }
  }
}
