import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./opensearch-health.ts";
import { pythonPrograms } from "./python-part.ts";

const VERSION = "1.5.33";
const ROOT = resolve(import.meta.dirname, "../../..");
const READY_MS = 60_000;
const POLL_MS = 200;
// It may hang over a custom resource; then it is killed.
const STOP_MS = 5_000;

/** Makes ready what `startMinistack` needs. Raises MissingPart, with what was not tested for it. */
export function findMinistack(tests: string): string {
  return pythonPrograms("ministack", VERSION, tests);
}

/** A running emulator of AWS, ministack, on loopback: empty, account 000000000000, and gone with all that is in it when it is stopped. */
export class Ministack {
  readonly url: string;
  /** What makes AWS's SDKs and tools talk to it and to nothing else, with Node 24 first on the path. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url;
    this.environment = toolEnvironment(url);
    this.#process = child;
    this.#folder = folder;
  }

  /** Starts one from the folder that `findMinistack` gave, and waits until it answers. Its functions get `environment` too. */
  static async start(programs: string, environment: Readonly<Record<string, string>> = {}): Promise<Ministack> {
    // Functions are unpacked there: below the repository its package.json would make modules of scripts that are none.
    const folder = mkdtempSync(resolve(tmpdir(), "belfry-ministack-"));
    const port = await freePort();
    const log = openSync(resolve(folder, "log"), "w");
    const child = spawn(resolve(programs, "ministack"), [], {
      cwd: folder,
      // A group of its own, in which its functions run too.
      detached: process.platform !== "win32",
      stdio: ["ignore", log, log],
      env: {
        PATH: binPath(),
        HOME: folder,
        TMPDIR: folder,
        BIND_HOST: "127.0.0.1",
        GATEWAY_PORT: String(port),
        // These services listen on ports of their own.
        IOT_MTLS_ENABLED: "0",
        SFTP_ENABLED: "0",
        ...environment,
      },
    });
    closeSync(log);
    const started = new Ministack(`http://127.0.0.1:${port}`, child, folder);
    await started.#ready();
    return started;
  }

  /** What it has written so far, with its functions' output. */
  get log(): string {
    return readFileSync(resolve(this.#folder, "log"), "utf8");
  }

  async stop(): Promise<void> {
    const ended =
      this.#process.exitCode === null && this.#process.signalCode === null ? once(this.#process, "exit") : undefined;
    if (ended !== undefined) {
      this.#kill("SIGTERM");
      await Promise.race([ended, sleep(STOP_MS, undefined, { ref: false })]);
    }
    // Also after its own end, for functions that outlive it.
    this.#kill("SIGKILL");
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #kill(signal: NodeJS.Signals): void {
    const { pid } = this.#process;
    if (pid === undefined) return;
    try {
      process.kill(process.platform === "win32" ? pid : -pid, signal);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
    }
  }

  async #ready(): Promise<void> {
    const deadline = Date.now() + READY_MS;
    while (Date.now() < deadline && this.#process.exitCode === null) {
      const answer = await fetch(`${this.url}/_ministack/health`).catch(() => undefined);
      if (answer?.ok) return;
      await sleep(POLL_MS);
    }
    const { log } = this;
    await this.stop();
    throw new Error(`ministack did not start:\n${log}`);
  }
}

function toolEnvironment(url: string): Record<string, string> {
  return {
    PATH: binPath(),
    HOME: process.env.HOME ?? "",
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_EC2_METADATA_DISABLED: "true",
    NO_COLOR: "1",
    SST_TELEMETRY_DISABLED: "1",
    DO_NOT_TRACK: "1",
    CDK_DISABLE_CLI_TELEMETRY: "true",
  };
}

function binPath(): string {
  return `${resolve(ROOT, "node_modules/.bin")}${delimiter}${process.env.PATH ?? ""}`;
}
