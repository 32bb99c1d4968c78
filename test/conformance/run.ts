import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { scoreAlertmanager } from "./alertmanager.ts";
import { scoreCanaries } from "./canary.ts";
import { findEventLogs } from "./canary-event-logs.ts";
import { scoreRecordings } from "./canary-recordings.ts";
import { scoreEcs } from "./ecs.ts";
import { scoreEventPatterns } from "./event-patterns.ts";
import { scoreEvents } from "./events.ts";
import { scoreNotify } from "./notify.ts";
import type { Score, Skipped } from "./score.ts";
import { scoreFlowLogs } from "./vrl.ts";

const DEFAULT_ORACLES = resolve(import.meta.dirname, "../../../shared/oracles");

/** The least that a source may score, by set and source; what is not named is only shown. */
const BARS: readonly { readonly set: string; readonly source?: string; readonly score: number }[] = [
  { set: "ecs", source: "aws.vpcflow", score: 0.95 },
  { set: "ecs", source: "aws.cloudtrail", score: 0.95 },
  { set: "event-patterns", score: 1 },
  { set: "events", score: 1 },
  { set: "alertmanager", score: 1 },
  { set: "notify", score: 1 },
  { set: "canary", score: 1 },
];

const EXIT_BAR_MISSED = 1;
const EXIT_NOTHING_SCORED = 2;

/** How many wrong cases of a source are named. */
const SHOWN_FAILURES = 5;

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const oracles = resolve(process.env.BELFRY_ORACLES ?? DEFAULT_ORACLES);
const { scores, skipped } = await scoreAll(oracles);
if (values.json) printJson(scores);
else printTable(scores, skipped);
process.exitCode = exitCode(scores);

/** Scores every file of a known shape; each folder is a set. */
async function scoreAll(folder: string): Promise<{ scores: Score[]; skipped: Skipped[] }> {
  const scores: Score[] = [];
  const skipped: Skipped[] = [];
  for (const set of await namesIn(folder, "folders")) {
    const patterns = set === "event-patterns" ? await scoreEventPatterns(join(folder, set)) : [];
    scores.push(...patterns);
    if (set === "canary") await scoreCanarySet(join(folder, set), scores, skipped);
    for (const file of await namesIn(join(folder, set), "files")) {
      if (patterns.some(({ source }) => source === basename(file, ".json"))) continue;
      const score = await scoreFile(join(folder, set, file), set);
      if (typeof score === "string") skipped.push({ set, file, reason: score });
      else scores.push(score);
    }
  }
  return { scores, skipped };
}

/** Canaries' files, and the folders of recordings with their pages. */
async function scoreCanarySet(folder: string, scores: Score[], skipped: Skipped[]): Promise<void> {
  const set = basename(folder);
  scores.push(...(await scoreCanaries(folder, set)));
  for (const part of await namesIn(folder, "folders")) {
    scores.push(...(await scoreRecordings(join(folder, part), set)));
    skipped.push(...(await findEventLogs(join(folder, part), set)));
  }
}

async function scoreFile(path: string, set: string): Promise<Score | string> {
  if (path.endsWith(".jsonl")) return scoreEcs(path, set);
  if (set === "alertmanager") return scoreAlertmanager(path, set);
  if (set === "notify") return scoreNotify(path, set);
  if (/flow_log\.(?:cases|valid_lines)\.json$/.test(path)) return scoreFlowLogs(path, set);
  return path.endsWith(".json") ? scoreEvents(path, set) : "not a file of a known shape";
}

async function namesIn(path: string, wanted: "files" | "folders"): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return entries
    .flatMap((entry) => ((wanted === "files" ? entry.isFile() : entry.isDirectory()) ? [entry.name] : []))
    .sort();
}

function barOf({ set, source }: Score): number | undefined {
  return BARS.find((bar) => bar.set === set && (bar.source ?? source) === source)?.score;
}

function exitCode(all: readonly Score[]): number {
  if (all.length === 0) {
    console.error(`nothing to score in ${oracles}; set BELFRY_ORACLES to the folder of oracles`);
    return EXIT_NOTHING_SCORED;
  }
  return all.some((score) => score.score < (barOf(score) ?? 0)) ? EXIT_BAR_MISSED : 0;
}

function printJson(all: readonly Score[]): void {
  const sets = all.map(({ set, source, cases, passed, score }) => ({ set, source, cases, passed, score }));
  console.log(JSON.stringify({ sets }));
}

function printTable(all: readonly Score[], left: readonly Skipped[]): void {
  const width = Math.max(6, ...all.map(({ set, source }) => `${set}/${source}`.length));
  console.log(`${"source".padEnd(width)}  cases  passed   score    bar`);
  for (const score of all) {
    const bar = barOf(score);
    const columns = [
      `${score.set}/${score.source}`.padEnd(width),
      String(score.cases).padStart(5),
      String(score.passed).padStart(6),
      score.score.toFixed(4).padStart(6),
      bar === undefined ? "" : `≥ ${bar}${score.score < bar ? "  MISSED" : ""}`,
    ];
    console.log(columns.join("  ").trimEnd());
    for (const failure of score.failures.slice(0, SHOWN_FAILURES)) console.log(`    ${failure}`);
  }
  for (const [group, files] of Map.groupBy(left, ({ set, reason }) => `${set}, ${reason}`)) {
    console.log(`\nskipped: ${group} (${files.length})\n  ${files.map(({ file }) => file).join(" ")}`);
  }
}
