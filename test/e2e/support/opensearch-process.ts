import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, resolve } from "node:path";
import { findJavaHome } from "./java-home.ts";
import { MissingPart } from "./missing-part.ts";
import { freePort, untilHealthy } from "./opensearch-health.ts";
import type { OpenSearchOffer, OpenSearchServer } from "./opensearch-offer.ts";

const VERSION = "3.8.0";
// The server with its modules, without plugins. https://central.sonatype.com/artifact/org.opensearch.distribution.integ-test-zip/opensearch
const ARTIFACT = `org.opensearch.distribution.integ-test-zip:opensearch:${VERSION}:zip`;
const MIN_JAVA = 21;

const CACHE = resolve(import.meta.dirname, "../../../.cache/opensearch");

// The server refuses to run as root: https://docs.opensearch.org/latest/install-and-configure/. The number is `nobody` on most systems; it need not have a name.
const OTHER_USER = 65_534;
const isRoot = process.getuid?.() === 0;

const isMac = process.platform === "darwin";
const GET_JAVA = isMac ? "brew install openjdk" : "sudo apt-get install --yes openjdk-21-jdk-headless";
const GET_MAVEN = isMac ? "brew install maven" : "sudo apt-get install --yes maven";
const GET_ARTIFACT = `mvn -q -B dependency:get -Dartifact=${ARTIFACT} -Dtransitive=false`;

/** OpenSearch's own server from Maven Central, by the `mvn` client, as a process on this machine. Raises MissingPart without Java, Maven or network. */
export function mavenOpenSearch(tests: string): OpenSearchOffer {
  const javaHome = findJavaHome(MIN_JAVA);
  if (javaHome === undefined) {
    const reason = `no Docker engine answers, and there is no Java ${MIN_JAVA} or newer (OPENSEARCH_JAVA_HOME names one elsewhere)`;
    throw new MissingPart(tests, reason, GET_JAVA);
  }
  const folder = isRoot && !isOpenToOthers(CACHE) ? temporaryFolder() : CACHE;
  const home = resolve(folder, `opensearch-${VERSION}`);
  if (!existsSync(home)) unpack(tests, folder);
  return {
    origin: `Maven Central, ${ARTIFACT}, ${javaHome}`,
    isOurs: true,
    start: () => ServerProcess.start(home, javaHome, folder),
  };
}

/** Unpacks the server into the folder: from Maven's local repository, which Maven fills first when it has to. */
function unpack(tests: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  // Unpacked beside its place and then moved, so that nothing half unpacked is ever used; Maven also leaves notes in it.
  const here = mkdtempSync(resolve(folder, "unpacking-"));
  try {
    const args = ["-q", "-B", "dependency:unpack", `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${here}`];
    const { error, status, stdout, stderr } = spawnSync("mvn", args, { cwd: here, encoding: "utf8" });
    if (error !== undefined) throw new MissingPart(tests, "no Docker engine answers, and there is no Maven", GET_MAVEN);
    if (status !== 0) throw new MissingPart(tests, `Maven could not get it:\n${stdout}${stderr}`, GET_ARTIFACT);
    renameSync(resolve(here, `opensearch-${VERSION}`), resolve(folder, `opensearch-${VERSION}`));
  } finally {
    rmSync(here, { recursive: true });
  }
}

/** Whether any user of this machine may go down to a folder: not when it is in the home of root. */
function isOpenToOthers(folder: string): boolean {
  const parent = dirname(folder);
  const isOpen = !existsSync(folder) || (statSync(folder).mode & 0o001) !== 0;
  return isOpen && (parent === folder || isOpenToOthers(parent));
}

/** A folder that other users may go down to. */
function temporaryFolder(): string {
  const folder = mkdtempSync(resolve(tmpdir(), "belfry-opensearch-"));
  chmodSync(folder, 0o755);
  return folder;
}

/** One server in folders of its own, which are removed when it is stopped. */
class ServerProcess implements OpenSearchServer {
  readonly url: string;
  readonly #home: string;
  readonly #javaHome: string;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  private constructor(home: string, javaHome: string, folder: string, url: string) {
    this.#home = home;
    this.#javaHome = javaHome;
    this.#folder = folder;
    this.url = url;
  }

  static async start(home: string, javaHome: string, parent: string): Promise<ServerProcess> {
    const folder = mkdtempSync(resolve(parent, "run-"));
    const port = await freePort();
    configure(home, folder, port, await freePort());
    const server = new ServerProcess(home, javaHome, folder, `http://127.0.0.1:${port}`);
    await server.restart().catch(async (error) => {
      await server.stop();
      throw error;
    });
    return server;
  }

  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise((exited) => {
      child.once("exit", exited);
      child.kill("SIGKILL");
    });
  }

  async restart(): Promise<void> {
    await this.kill();
    const child = this.#spawn();
    this.#process = child;
    // What a test run leaves behind when it ends early, too.
    process.once("exit", () => child.kill("SIGKILL"));
    let failure: string | undefined;
    child.once("error", (error) => {
      failure = error.message;
    });
    child.once("exit", (code, signal) => {
      failure ??= `ended with ${signal ?? code}\n${this.#lastLines()}`;
    });
    await untilHealthy(this.url, () => failure);
  }

  async stop(): Promise<void> {
    await this.kill();
    const isTemporary = !this.#folder.startsWith(CACHE);
    rmSync(isTemporary ? dirname(this.#folder) : this.#folder, { recursive: true, force: true });
  }

  /** Its script ends by becoming the server, so the process is the server's own. */
  #spawn(): ChildProcess {
    const log = openSync(this.#log, "a");
    try {
      return spawn(resolve(this.#home, "bin/opensearch"), [], {
        cwd: this.#home,
        stdio: ["ignore", log, log],
        ...(isRoot ? { uid: OTHER_USER, gid: OTHER_USER } : {}),
        env: {
          PATH: process.env.PATH ?? "",
          HOME: this.#folder,
          TMPDIR: resolve(this.#folder, "tmp"),
          OPENSEARCH_TMPDIR: resolve(this.#folder, "tmp"),
          OPENSEARCH_PATH_CONF: resolve(this.#folder, "config"),
          OPENSEARCH_JAVA_HOME: this.#javaHome,
          OPENSEARCH_JAVA_OPTS: "-Xms1g -Xmx1g",
        },
      });
    } finally {
      closeSync(log);
    }
  }

  get #log(): string {
    return resolve(this.#folder, "console.log");
  }

  #lastLines(): string {
    return readFileSync(this.#log, "utf8").split("\n").slice(-30).join("\n");
  }
}

/** Makes the folders of one server, its own user's. */
function configure(home: string, folder: string, port: number, transportPort: number): void {
  const config = resolve(folder, "config");
  cpSync(resolve(home, "config"), config, { recursive: true });
  const settings = {
    "cluster.name": "belfry-e2e",
    "discovery.type": "single-node",
    "network.host": "127.0.0.1",
    "http.port": port,
    "transport.port": transportPort,
    "path.data": resolve(folder, "data"),
    "path.logs": resolve(folder, "logs"),
    // A disk that is nearly full is no concern of these tests.
    "cluster.routing.allocation.disk.threshold_enabled": false,
  };
  writeFileSync(resolve(config, "opensearch.yml"), `${JSON.stringify(settings, null, 2)}\n`);
  // The log of the garbage collector would go below the server's home, which is not its user's.
  const options = readFileSync(resolve(config, "jvm.options"), "utf8").split("\n");
  writeFileSync(resolve(config, "jvm.options"), options.filter((option) => !option.includes("-Xlog:")).join("\n"));
  for (const name of ["data", "logs", "tmp"]) mkdirSync(resolve(folder, name));
  if (!isRoot) return;
  for (const name of ["", "config", "config/jvm.options.d", "data", "logs", "tmp"]) {
    chownSync(resolve(folder, name), OTHER_USER, OTHER_USER);
  }
}
