import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { browserLauncher } from "@belfry/core/canaries/browser/launch";
import { browserOpener } from "@belfry/core/canaries/browser/open-session";
import { BROWSER_KINDS } from "@belfry/core/canaries/kinds/browser-kinds";
import type { RunnerPorts } from "@belfry/core/canaries/run";
import { systemClock } from "@belfry/core/platform/clock";
import type { Logger } from "@belfry/core/platform/logger";
import { sleep } from "@belfry/core/platform/retry";
import { readNamedSecret, secretReader } from "@belfry/core/platform/secrets-client";
import { signRequest } from "@belfry/core/platform/signing-client";
import type { BelfryFolder } from "../belfry-folder.ts";
import { folderArtifacts, folderBaselines } from "./folder-stores.ts";

/** What stands where a region does in the keys, metrics and alerts of runs on this machine. */
export const LOCAL_REGION = "local";

/** Where canaries run from on this machine. */
export interface LocalRunner {
  readonly folder: BelfryFolder;
  /** Has the secrets that are named `env:NAME`. */
  readonly env: NodeJS.ProcessEnv;
  /** Where paths of recordings, blueprints and scripts begin: the configuration's folder. */
  readonly filesFrom: string;
  readonly logger: Logger;
}

/** Binds the runner to this machine: the same kinds and the same browser as in Lambda, with folders in place of buckets. */
export function runnerPorts({ folder, env, filesFrom, logger }: LocalRunner): RunnerPorts {
  const launch = browserLauncher({
    folder: browserFolder(env),
    executablePath: env.CHROME_PATH || undefined,
    logger,
  });
  return {
    kinds: BROWSER_KINDS,
    openBrowser: browserOpener(launch),
    store: folderArtifacts(folder.canaries),
    baselines: folderBaselines(folder.baselines),
    readSecret: secretReader(env),
    readNamedSecret,
    sign: signRequest,
    readText: (file) => readFile(path.resolve(filesFrom, file), "utf8"),
    loadModule: (file) => import(pathToFileURL(path.resolve(filesFrom, file)).href),
    region: LOCAL_REGION,
    clock: systemClock,
    random: Math.random,
    sleep,
    logger,
  };
}

/** Where the browser is unpacked, once for all clones of a person: 215 MB. https://specifications.freedesktop.org/basedir-spec/latest/ */
function browserFolder({ BELFRY_BROWSER_DIR, XDG_CACHE_HOME }: NodeJS.ProcessEnv): string {
  if (BELFRY_BROWSER_DIR) return path.resolve(BELFRY_BROWSER_DIR);
  return path.join(XDG_CACHE_HOME || path.join(homedir(), ".cache"), "belfry", "browser");
}
