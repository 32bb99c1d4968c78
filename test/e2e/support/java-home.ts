import { spawnSync } from "node:child_process";
import { existsSync, globSync, realpathSync } from "node:fs";
import { delimiter, dirname, resolve } from "node:path";

// Where package managers put them: Debian and Red Hat, archives unpacked by hand, SDKMAN, Homebrew, macOS.
const FOLDERS = [
  "/usr/lib/jvm/*",
  "/opt/*",
  `${process.env.HOME ?? ""}/.sdkman/candidates/java/*`,
  "/opt/homebrew/opt/openjdk*",
  "/usr/local/opt/openjdk*",
  "/Library/Java/JavaVirtualMachines/*/Contents/Home",
];

/** The home of a Java of at least this version: OPENSEARCH_JAVA_HOME, JAVA_HOME, `java` on the PATH, then the usual folders. */
export function findJavaHome(minVersion: number): string | undefined {
  const named = [process.env.OPENSEARCH_JAVA_HOME, process.env.JAVA_HOME, homeOnPath()];
  const homes = [...named.filter((home) => home !== undefined), ...FOLDERS.flatMap((folder) => globSync(folder))];
  return homes.find((home) => javaVersion(home) >= minVersion);
}

function homeOnPath(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const java = folders.map((folder) => resolve(folder, "java")).find((file) => existsSync(file));
  // A link to a link to <home>/bin/java, as a rule.
  return java === undefined ? undefined : dirname(dirname(realpathSync(java)));
}

/** `openjdk version "25.0.1" …` makes 25; NaN where there is no Java. */
function javaVersion(home: string): number {
  const { stderr } = spawnSync(resolve(home, "bin/java"), ["-version"], { encoding: "utf8" });
  return Number(/version "(\d+)/.exec(stderr ?? "")?.[1]);
}
