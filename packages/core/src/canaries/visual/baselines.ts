import { createHash } from "node:crypto";
import type { BaselineStore } from "../context.ts";

/** What a baseline is of. */
export interface BaselineKey {
  readonly canary: string;
  readonly step: string;
  readonly viewport: { readonly width: number; readonly height: number };
  /** Of the browser, such as `153.0.8010.36`: another one draws letters otherwise. */
  readonly version: string;
}

// Three pictures of a key: the one that was approved; the first that was taken, which stands in for it until then; and the last that differed, which is what is approved next.
const APPROVED = ".png";
const FIRST = ".first.png";
const CHANGED = ".changed.png";

const MAX_NAME = 80;

/** The folder of a step's pictures in a store: `<canary>/<step>/<viewport>/`, for all versions of the browser. */
function baselineFolder({ canary, step, viewport }: Omit<BaselineKey, "version">): string {
  return `${canary}/${pathPart(step)}/${viewport.width}x${viewport.height}/`;
}

function baselineName(key: BaselineKey): string {
  return baselineFolder(key) + pathPart(key.version);
}

/** A name that stands in a path; one that had to be changed for that stays one of its own by its digest. */
function pathPart(name: string): string {
  const plain = name.replaceAll(/[^\w.-]+/g, "-").slice(0, MAX_NAME);
  // A leading dot could lead out of the folder.
  if (plain === name && !plain.startsWith(".")) return plain;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${plain.replace(/^[.-]+/, "")}-${digest}`;
}

/**
 * What a baseline stands on: somebody's approval; that for another version of the browser one was approved; or only that it is the first picture.
 */
export type Standing = "approved" | "new-browser" | "first";

/** What a picture is compared with. */
export interface Baseline {
  readonly picture: Uint8Array;
  readonly standing: Standing;
}

/** The baseline of a key; undefined when there is none. */
export async function readBaseline(
  store: BaselineStore,
  key: BaselineKey,
  signal: AbortSignal,
): Promise<Baseline | undefined> {
  const name = baselineName(key);
  const approved = await store.read(name + APPROVED, signal);
  if (approved !== undefined) return { picture: approved, standing: "approved" };
  const first = await store.read(name + FIRST, signal);
  if (first === undefined) return undefined;
  const older = await olderVersions(store, key, signal);
  return { picture: first, standing: older.length > 0 ? "new-browser" : "first" };
}

/** The approved picture of another version of the browser, that of the highest; undefined when there is none. */
export async function readOlderBaseline(
  store: BaselineStore,
  key: BaselineKey,
  signal: AbortSignal,
): Promise<{ readonly picture: Uint8Array; readonly version: string } | undefined> {
  const [version] = await olderVersions(store, key, signal);
  if (version === undefined) return undefined;
  const picture = await store.read(baselineFolder(key) + version + APPROVED, signal);
  return picture === undefined ? undefined : { picture, version };
}

/** Versions of the browser, other than the key's, for which a picture was approved; the newest first. */
async function olderVersions(store: BaselineStore, key: BaselineKey, signal: AbortSignal): Promise<string[]> {
  const folder = baselineFolder(key);
  const names = await store.list(folder, signal);
  const versions = names.filter(isApprovedName).map((name) => name.slice(folder.length, -APPROVED.length));
  return versions.filter((one) => one !== pathPart(key.version)).sort(newestFirst);
}

/** Keeps the first picture of a key: it is what the next runs are compared with, until one is approved. */
export function proposeFirst(
  store: BaselineStore,
  key: BaselineKey,
  picture: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  return store.write(baselineName(key) + FIRST, picture, signal);
}

/** Keeps a picture that differs from the baseline, for whoever approves it. */
export function proposeChanged(
  store: BaselineStore,
  key: BaselineKey,
  picture: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  return store.write(baselineName(key) + CHANGED, picture, signal);
}

/** A picture is as its baseline again: one that differed is no proposal any more. */
export async function withdrawChanged(
  store: BaselineStore,
  key: BaselineKey,
  baseline: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  const name = baselineName(key) + CHANGED;
  const changed = await store.read(name, signal);
  if (changed !== undefined && !isSame(changed, baseline)) await store.write(name, baseline, signal);
}

/** A picture that waits for approval. */
export interface Proposal {
  /** Of the baseline that it would become: `<canary>/<step>/<viewport>/<version>.png`. */
  readonly name: string;
  readonly canary: string;
  /** As it stands in the name: what a path does not take is replaced. */
  readonly step: string;
  readonly viewport: string;
  readonly version: string;
  readonly picture: Uint8Array;
  /** What it is compared with now; undefined for a first picture. */
  readonly baseline: Uint8Array | undefined;
}

/** All pictures of a canary that wait for approval, or of one of its steps; sorted by name. */
export async function proposalsOf(
  store: BaselineStore,
  of: { readonly canary: string; readonly step?: string | undefined },
  signal: AbortSignal,
): Promise<Proposal[]> {
  const prefix = `${of.canary}/${of.step === undefined ? "" : `${pathPart(of.step)}/`}`;
  const names = new Set(await store.list(prefix, signal));
  const bases = new Set([...names].map((name) => name.replace(/(\.first|\.changed)?\.png$/, "")));
  const proposals: Proposal[] = [];
  for (const base of [...bases].sort()) {
    const proposal = await proposalOf(store, base, names, signal);
    if (proposal !== undefined) proposals.push(proposal);
  }
  return proposals;
}

async function proposalOf(
  store: BaselineStore,
  base: string,
  names: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Proposal | undefined> {
  const read = async (name: string) => (names.has(name) ? store.read(name, signal) : undefined);
  const [approved, first, changed] = [
    await read(base + APPROVED),
    await read(base + FIRST),
    await read(base + CHANGED),
  ];
  const current = approved ?? first;
  const hasChanged = changed !== undefined && (current === undefined || !isSame(changed, current));
  const picture = hasChanged ? changed : approved === undefined ? first : undefined;
  if (picture === undefined) return undefined;
  const [canary = "", step = "", viewport = "", version = ""] = base.split("/");
  return {
    name: base + APPROVED,
    canary,
    step,
    viewport,
    version,
    picture,
    baseline: hasChanged ? current : undefined,
  };
}

/** Makes proposals the baselines that runs are compared with from now on. Gives their names. */
export async function approve(
  store: BaselineStore,
  proposals: readonly Proposal[],
  signal: AbortSignal,
): Promise<string[]> {
  for (const { name, picture } of proposals) await store.write(name, picture, signal);
  return proposals.map(({ name }) => name);
}

function isApprovedName(name: string): boolean {
  return name.endsWith(APPROVED) && !name.endsWith(FIRST) && !name.endsWith(CHANGED);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function newestFirst(a: string, b: string): number {
  return b.localeCompare(a, "en", { numeric: true });
}
