import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Answer, Command } from "./worker.ts";

const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url));

/** The prefix that binds a process to the machine's last core, so that measured work stays in one cache; empty where there is no taskset. */
const PIN: readonly string[] =
  process.platform === "linux" && spawnSync("taskset", ["--version"]).status === 0
    ? ["taskset", "-c", String(availableParallelism() - 1)]
    : [];

/** True when the workers are bound to one core. */
export const pinned = PIN.length > 0;

/** A process that works on events in one way, one call at a time; of one of ours by the variant's name, else by the command that starts it. */
export class Worker {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #lines: Interface;

  constructor(name: string, starting: readonly string[] = [process.execPath, WORKER, name]) {
    this.name = name;
    const [command, ...args] = [...PIN, ...starting];
    this.#process = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.#process.stdout as NodeJS.ReadableStream });
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  /** Sends one command and waits for its answer; raises what the worker raised. */
  async call(command: Command): Promise<Answer> {
    this.#process.stdin?.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`the worker ${this.name} ended with code ${this.#process.exitCode}`);
    const answer = JSON.parse(value) as Answer;
    if (answer.error !== undefined) throw new Error(`${this.name}: ${answer.error}`);
    return answer;
  }

  stop(): void {
    this.#lines.close();
    this.#process.kill();
  }
}
