import { existsSync } from "node:fs";
import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A browser that can be started: its program, and what its environment must have besides the process's own. */
export interface BrowserFiles {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

const PACKAGE = "@sparticuz/chromium";

/** An unpacking takes seconds: what is older was left by one that was killed. */
const ABANDONED_MS = 60 * 60_000;

/** Where functions of Lambda put fonts of their own, in the bundle or a layer. */
const USERS_FONTS = ["/var/task/fonts", "/opt/fonts"];

/**
 * Unpacks the browser that comes with npm into a folder of its version, once; 215 MB. It appears there complete or not at all, so that an unpacking which
 * was killed poisons nothing, and processes that do it at the same time do not harm each other.
 */
export async function unpackBrowser(folder: string): Promise<BrowserFiles> {
  const home = await homeOf(folder);
  if (!existsSync(home)) await unpackInto(folder, home);
  return { executablePath: join(home, "chromium"), env: environmentOf(home) };
}

/** Removes the unpacked browser: for when it does not start. */
export async function wipeBrowser(folder: string): Promise<void> {
  await rm(await homeOf(folder), { recursive: true, force: true });
}

async function homeOf(folder: string): Promise<string> {
  const manifest = join(packageFolder(), "package.json");
  const { version } = JSON.parse(await readFile(manifest, "utf8")) as { readonly version: string };
  return join(folder, `chromium-${version}`);
}

/** The package's manifest is not among its exports, so its folder is found from its code. */
function packageFolder(): string {
  return dirname(dirname(createRequire(import.meta.url).resolve(PACKAGE)));
}

async function unpackInto(folder: string, home: string): Promise<void> {
  // Private is only what is Belfry's own, not the folders that lead there.
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await removeAbandoned(folder);
  const part = join(folder, `part-${process.pid}-${Date.now()}`);
  await mkdir(part, { mode: 0o700 });
  try {
    const { default: chromium } = await import("@sparticuz/chromium");
    await withTemporaryFolder(part, () => chromium.executablePath());
    await writeFile(join(part, "fonts.conf"), fontsConfiguration(home));
    await rename(part, home);
  } catch (thrown) {
    await rm(part, { recursive: true, force: true });
    // Another process was first: its browser is as good.
    if (!existsSync(home)) throw thrown;
  }
}

/**
 * The package unpacks to os.tmpdir(), which it reads before its first await: only for that moment is it another one, so nothing else of this process
 * writes there. Left at /tmp, parallel jobs would share and break each other's half-written files.
 */
function withTemporaryFolder<T>(folder: string, start: () => Promise<T>): Promise<T> {
  const { TMPDIR } = process.env;
  process.env.TMPDIR = folder;
  try {
    return start();
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}

async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith("part-")) continue;
    const path = join(folder, name);
    const { mtimeMs } = await lstat(path);
    if (Date.now() - mtimeMs > ABANDONED_MS) await rm(path, { recursive: true, force: true });
  }
}

function environmentOf(home: string): Record<string, string> {
  const libraries = join(home, "al2023", "lib");
  const known = process.env.LD_LIBRARY_PATH;
  return {
    FONTCONFIG_FILE: join(home, "fonts.conf"),
    // Amazon Linux lacks libraries that other systems have; they are unpacked only there.
    ...(existsSync(libraries) ? { LD_LIBRARY_PATH: known ? `${libraries}:${known}` : libraries } : {}),
  };
}

/** Only the fonts that come with the browser, and those that users added for it: the same picture on a laptop and in Lambda. */
function fontsConfiguration(home: string): string {
  const folders = [join(home, "fonts"), ...USERS_FONTS].map((path) => `<dir>${path}</dir>`).join("");
  const cache = `<cachedir>${join(home, "fonts-cache")}</cachedir>`;
  return `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${folders}${cache}</fontconfig>\n`;
}
