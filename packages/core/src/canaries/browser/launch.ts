import { rm } from "node:fs/promises";
import type { Browser, BrowserServer, BrowserType } from "playwright-core";
import { messageOf } from "../../platform/errors.ts";
import type { Logger } from "../../platform/logger.ts";
import { CanaryFailure } from "../failure.ts";
import { type BrowserFiles, unpackBrowser, wipeBrowser } from "./browser-files.ts";
import { browserFlags, type Processes, REFUSED_DEFAULTS } from "./browser-flags.ts";

/** Which browser is started, and how. */
export interface LaunchSettings {
  /** Where the browser that comes with npm is unpacked, 215 MB; it stays there for the next run. */
  readonly folder: string;
  /** A Chromium of the user's own, as CHROME_PATH names it, in place of that. */
  readonly executablePath?: string | undefined;
  /** `many`, and `one` where that does not start, unless given. */
  readonly processes?: Processes | undefined;
  readonly logger: Logger;
}

/** A browser of one's own, with a fresh profile. */
export interface LaunchedBrowser {
  readonly browser: Browser;
  readonly processes: Processes;
  /** Of its first process, which leads their group. */
  readonly pid: number;
  /** Ends all its processes and removes its profile; takes two seconds at most, and never fails. */
  close(): Promise<void>;
}

/** Starts a browser. Raises CanaryFailure of class `browser` when none starts. */
export type LaunchBrowser = (signal: AbortSignal) => Promise<LaunchedBrowser>;

/** A healthy start takes less than one second; with the first pages of its files read from a cold disk, a few. */
const LAUNCH_TIMEOUT_MS = 15_000;
const CLOSE_TIMEOUT_MS = 2000;

/**
 * Makes the launcher of a process. A browser that does not start, or has no page, is unpacked once more; then it is tried in a single process. What worked is
 * remembered, so a warm environment does not try again what fails there.
 */
export function browserLauncher(settings: LaunchSettings): LaunchBrowser {
  const { folder, executablePath, logger } = settings;
  let works: Processes | undefined;
  return async (signal) => {
    const reasons: string[] = [];
    const attempt = async (processes: Processes): Promise<LaunchedBrowser | undefined> => {
      try {
        signal.throwIfAborted();
        const files = executablePath === undefined ? await unpackBrowser(folder) : { executablePath, env: {} };
        const launched = await launch(files, processes, works === undefined);
        works = processes;
        return launched;
      } catch (thrown) {
        signal.throwIfAborted();
        const [reason = ""] = messageOf(thrown).split("\n");
        logger.warn("the browser did not start", { processes, error: thrown });
        reasons.push(reason);
        return undefined;
      }
    };
    const first = works ?? settings.processes ?? "many";
    let launched = await attempt(first);
    if (launched === undefined && executablePath === undefined) {
      await wipeBrowser(folder).catch((error) => logger.warn("the browser's files were not removed", { error }));
      launched = await attempt(first);
    }
    if (first === "many" && settings.processes === undefined) launched ??= await attempt("one");
    if (launched !== undefined) return launched;
    throw new CanaryFailure("browser", `the browser does not start: ${reasons[0]}`);
  };
}

async function launch(files: BrowserFiles, processes: Processes, isFirst: boolean): Promise<LaunchedBrowser> {
  const { chromium } = await import("playwright-core");
  const server = await chromium.launchServer({
    executablePath: files.executablePath,
    args: browserFlags(processes),
    ignoreDefaultArgs: [...REFUSED_DEFAULTS],
    // Neither a container nor Lambda lets it make the namespaces that its sandbox is built of.
    chromiumSandbox: false,
    env: { ...process.env, ...files.env },
    timeout: LAUNCH_TIMEOUT_MS,
    // Signals belong to whoever runs the canary; when this process exits, Playwright ends the browser.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  try {
    return await connect(chromium, server, processes, isFirst);
  } catch (thrown) {
    await end(server);
    throw thrown;
  }
}

async function connect(
  chromium: BrowserType,
  server: BrowserServer,
  processes: Processes,
  isFirst: boolean,
): Promise<LaunchedBrowser> {
  const browser = await chromium.connect(server.wsEndpoint(), { timeout: LAUNCH_TIMEOUT_MS });
  // Where it may not start processes, it starts and then has no page. A single process must keep its one context.
  if (isFirst && processes === "many") await (await browser.newPage()).close();
  const pid = server.process().pid ?? 0;
  const close = async (): Promise<void> => {
    await within(CLOSE_TIMEOUT_MS, browser.close());
    await end(server);
  };
  return { browser, processes, pid, close };
}

/** By force, and all of its group: a renderer in an endless loop does not listen. */
async function end(server: BrowserServer): Promise<void> {
  const { pid, spawnargs } = server.process();
  if (pid !== undefined) killGroup(pid);
  await within(CLOSE_TIMEOUT_MS, server.kill());
  // Playwright removes it when the browser ends in peace; Lambda's /tmp would fill up with those that did not.
  const profile = spawnargs.find((argument) => argument.startsWith(PROFILE_FLAG))?.slice(PROFILE_FLAG.length);
  if (profile !== undefined) {
    await within(CLOSE_TIMEOUT_MS, rm(profile, { recursive: true, force: true, maxRetries: 3 }));
  }
}

const PROFILE_FLAG = "--user-data-dir=";

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (thrown) {
    // It has ended already.
    if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
  }
}

/** Waits for work to settle, but not longer; its failure does not matter any more. */
async function within(timeoutMs: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeoutMs);
  work.then(
    () => resolve(),
    () => resolve(),
  );
  await promise;
  clearTimeout(timer);
}
