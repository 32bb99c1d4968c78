import { randomBytes } from "node:crypto";
import type { SilenceStore } from "@belfry/core/alerts/dispatch/silence-store";
import { createSilence, type Silence, silenceState } from "@belfry/core/alerts/silence";
import { matchersText, parseMatchers } from "@belfry/core/config/oncall/label-matcher";
import { systemClock } from "@belfry/core/platform/clock";
import { BelfryError } from "@belfry/core/platform/errors";
import type { Command } from "commander";
import { ExitCode } from "../cli/exit-code.ts";
import { table as textTable } from "../cli/table.ts";
import { type Paint, printable } from "../cli/terminal.ts";
import { atDesk, type DeskContext, durationOf, type PlaceOptions, placed } from "../on-call/desk-command.ts";
import { silenceJson } from "../on-call/incident-json.ts";
import { ageText, timeText } from "../on-call/time-text.ts";

interface SilenceOptions extends PlaceOptions {
  readonly for: number;
  readonly comment: string;
  readonly by?: string;
}

const DEFAULT_FOR_MS = 2 * 3_600_000;

/** Adds `silence`, `silences` and `unsilence`. */
export function addSilenceCommands(command: Command, context: DeskContext): void {
  placed(command, "silence <matchers...>", 'tell nobody of alerts with all of these labels: alarmname="x",account="y"')
    .option("--for <duration>", "how long: 30m, 2h, 1d", durationOf, DEFAULT_FOR_MS)
    .option("--comment <text>", "why", "")
    .option("--by <name>", "who does it; your user name when absent")
    .action((matchers: string[], options: SilenceOptions) => silence(matchers, options, context));
  placed(command, "silences", "those that hold, or will")
    .option("--all", "those that ended lately too")
    .action((options: PlaceOptions & { all?: boolean }) => list(options, context));
  placed(command, "unsilence <silence>", "end one now; named by the beginning of its id").action(
    (id: string, options: PlaceOptions) => unsilence(id, options, context),
  );
}

async function silence(texts: readonly string[], options: SilenceOptions, context: DeskContext): Promise<void> {
  const { for: forMs, comment, by, json, ...place } = options;
  const { terminal } = context;
  const now = systemClock.now();
  const made = createSilence(
    {
      id: randomBytes(4).toString("hex"),
      matchers: texts.flatMap(parseMatchers),
      startsAt: now,
      endsAt: now + forMs,
      createdBy: by ?? context.userName(),
      comment,
    },
    now,
  );
  await atDesk(place, context, async ({ silences }, signal) => {
    await silences.put(made, signal);
    if (json === true) terminal.print(JSON.stringify(silenceJson(made, now)));
    else {
      const text = `silence ${made.id}: nobody is told of ${printable(matchersText(made.matchers))} until ${timeText(made.endsAt)} UTC`;
      terminal.print(`${text}; belfry incidents unsilence ${made.id} ends it`);
    }
  });
}

async function list({ all, json, ...place }: PlaceOptions & { all?: boolean }, context: DeskContext): Promise<void> {
  const { terminal } = context;
  const now = systemClock.now();
  await atDesk(place, context, async ({ silences }, signal) => {
    const known = await silences.list(signal);
    const shown = known.filter((each) => all === true || silenceState(each, now) !== "expired");
    shown.sort((a, b) => a.endsAt - b.endsAt);
    if (shown.length === 0) terminal.exitCode = ExitCode.no;
    if (json === true) for (const each of shown) terminal.print(JSON.stringify(silenceJson(each, now)));
    else terminal.print(shown.length === 0 ? "there are no silences" : silenceTable(shown, now, terminal.paint));
  });
}

async function unsilence(id: string, { json, ...place }: PlaceOptions, context: DeskContext): Promise<void> {
  const { terminal } = context;
  const now = systemClock.now();
  await atDesk(place, context, async ({ silences }, signal) => {
    const known = await findSilence(silences, id, signal);
    const wasOver = silenceState(known, now) === "expired";
    const ended = wasOver ? known : ((await silences.expire(known.id, signal)) ?? known);
    if (wasOver) terminal.exitCode = ExitCode.no;
    if (json === true) terminal.print(JSON.stringify(silenceJson(ended, systemClock.now())));
    else terminal.print(`silence ${ended.id} ${wasOver ? "had ended already" : "has ended"}`);
  });
}

async function findSilence(silences: SilenceStore, id: string, signal: AbortSignal): Promise<Silence> {
  const known = await silences.list(signal);
  const found = known.filter((each) => each.id.startsWith(id));
  if (found.length === 1) return found[0];
  const ids = (found.length > 1 ? found : known).map((each) => each.id).join(", ");
  if (found.length > 1) throw new BelfryError("BAD_ARGUMENT", `${id} begins several: ${ids}`);
  throw new BelfryError("NOT_FOUND", `there is no silence ${id}${ids === "" ? "" : `; there are ${ids}`}`);
}

function silenceTable(silences: readonly Silence[], nowMs: number, paint: Paint): string {
  const rows = silences.map((each) => {
    const state = silenceState(each, nowMs);
    const rest = state === "expired" ? `${ageText(nowMs - each.endsAt)} ago` : `in ${ageText(each.endsAt - nowMs)}`;
    return [
      each.id,
      state === "active" ? paint.warn(state) : state,
      rest,
      printable(matchersText(each.matchers)),
      printable(each.createdBy),
      printable(each.comment),
    ];
  });
  return textTable(["silence", "state", "ends", "matchers", "by", "comment"], rows, paint);
}
