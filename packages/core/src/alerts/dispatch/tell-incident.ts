import type { OnCallConfig } from "../../config/oncall/schema.ts";
import type { Notification, NotificationKind } from "../../event/notification.ts";
import type { GroupNotification } from "../engine/tell.ts";
import { INCIDENT_CHANNEL } from "../incident/group-channel.ts";
import type { Incident, Page } from "../incident/incident.ts";
import { buildNotification, type ToldAlert } from "../message.ts";
import { SAYS_MOST } from "../outbox-claim.ts";
import type { IncidentRow, ToldChannels } from "./incident-row.ts";
import type { GroupStep, IncidentChange } from "./joined-group.ts";
import { mostImportantFirst } from "./told-alerts.ts";

/** A notification and the channels that say it. */
export interface Telling {
  readonly notification: Notification;
  readonly channels: readonly string[];
}

/** What is to be told of an incident after a step, and what its row is then. */
export interface IncidentTelling {
  readonly tellings: readonly Telling[];
  readonly told: ToldChannels;
  readonly sequence: number;
  readonly toldAt: number;
}

/** What a telling starts from: the incident's row as it was, or as it begins. */
export type TellingBase = Pick<IncidentRow, "handle" | "group" | "startsAt" | "told" | "sequence" | "toldAt"> & {
  /** After the step. */
  readonly incident: Incident;
  readonly isNew: boolean;
  /** As they are now. */
  readonly alerts: readonly ToldAlert[];
};

/** What one channel is to be told, of all that a step says: one notification, so that a step has no more of them than there are channels. */
interface Draft {
  readonly kind: NotificationKind;
  readonly isPage: boolean;
  readonly notes: readonly string[];
  readonly alerts: readonly ToldAlert[];
}

/**
 * Says who is told what after a step: the receiver's channels what their group says, those who are paged that they are, and all who knew of the incident what somebody
 * has done to it, and its end.
 */
export function tellIncident(
  { notifications, changes }: Pick<GroupStep, "notifications" | "changes">,
  base: TellingBase,
  receiver: string,
  config: OnCallConfig,
  nowMs: number,
): IncidentTelling {
  const drafts = new Drafts(base);
  for (const notification of notifications) {
    if (notification.channel !== INCIDENT_CHANNEL.name) drafts.addGroup(notification);
  }
  const own = new Set(drafts.byChannel.keys());
  const paged = new Set<string>();
  for (const change of changes) {
    for (const page of change.pages) {
      const { channels, note } = pageOf(page, change.before, receiver, config);
      for (const channel of channels) {
        drafts.addPage(channel, note);
        (page.target.kind === "receiver" ? own : paged).add(channel);
      }
    }
    drafts.addChange(change, receiver, config);
  }
  const told = {
    receiver: [...new Set([...base.told.receiver, ...own])],
    paged: [...new Set([...base.told.paged, ...paged])],
  };
  const toldAt = Math.max(nowMs, base.toldAt);
  const tellings = tellingsOf(drafts.byChannel, base, toldAt);
  return {
    tellings,
    told,
    sequence: base.sequence + tellings.length,
    toldAt: tellings.length > 0 ? toldAt : base.toldAt,
  };
}

class Drafts {
  readonly byChannel = new Map<string, Draft>();
  readonly #base: TellingBase;

  constructor(base: TellingBase) {
    this.#base = base;
  }

  addGroup({ channel, kind, status, isPage, alerts }: GroupNotification): void {
    const { incident, isNew } = this.#base;
    // What somebody has resolved stays so for all until something new begins.
    if (status === "firing" && incident.status === "resolved") return;
    const isFirst = isNew || !this.#knows(channel);
    if (isFirst && kind === "resolved") return;
    const asTold = isFirst && kind !== "flapping" ? "opened" : kind;
    const shown = !isFirst && asTold === "opened" ? "updated" : asTold;
    this.#add(channel, { kind: shown, isPage, notes: [], alerts: mostImportantFirst(alerts) });
  }

  addPage(channel: string, note: string): void {
    // Nobody is woken for what the same moment has ended.
    if (this.#base.incident.status === "resolved") return;
    const kind = this.#knows(channel) || this.byChannel.has(channel) ? "reminder" : "opened";
    this.#add(channel, { kind, isPage: true, notes: [note], alerts: this.#base.alerts });
  }

  addChange(change: IncidentChange, receiver: string, config: OnCallConfig): void {
    const { told, alerts } = this.#base;
    const { channels: current } = config.receivers[receiver];
    const note = noteOf(change, config);
    const isOver = change.after.status === "resolved";
    if (note === undefined && !isOver) return;
    const kind = isOver ? "resolved" : "updated";
    // Of an end that its source tells, the group tells the receiver's channels, as they want it; but not those that it has no more.
    const isOwn = (channel: string): boolean => isOver && note === undefined && current.includes(channel);
    const channels = [...told.receiver.filter((channel) => !isOwn(channel)), ...told.paged];
    for (const channel of channels) {
      if (isOver && note === undefined && this.byChannel.has(channel)) continue;
      this.#add(channel, { kind, isPage: false, notes: note === undefined ? [] : [note], alerts });
    }
  }

  #knows(channel: string): boolean {
    const { told, isNew } = this.#base;
    return !isNew && (told.receiver.includes(channel) || told.paged.includes(channel));
  }

  #add(channel: string, next: Draft): void {
    const draft = this.byChannel.get(channel);
    if (draft === undefined) {
      this.byChannel.set(channel, next);
      return;
    }
    const kind = SAYS_MOST.find((one) => one === draft.kind || one === next.kind) ?? next.kind;
    const isPage = kind !== "resolved" && (draft.isPage || next.isPage);
    const notes = [...new Set([...draft.notes, ...next.notes])];
    this.byChannel.set(channel, { kind, isPage, notes, alerts: draft.alerts });
  }
}

/** Channels that say the same say one notification. */
function tellingsOf(byChannel: ReadonlyMap<string, Draft>, base: TellingBase, at: number): Telling[] {
  const { incident, handle, group, startsAt, sequence } = base;
  const alike = Map.groupBy(byChannel.entries(), ([, draft]) => JSON.stringify(draft));
  return [...alike.values()].map((entries, i) => {
    const [[, { kind, isPage, notes, alerts }]] = entries as [[string, Draft]];
    const { status } = incident;
    const about = { route: group.route, key: handle, groupKey: group.key, status, startsAt };
    const said = { kind, isPage, notes, alerts, sequence: sequence + i, at };
    return { notification: buildNotification({ ...about, ...said }), channels: entries.map(([channel]) => channel) };
  });
}

function pageOf(
  { reason, target }: Page,
  before: Incident | undefined,
  receiver: string,
  config: OnCallConfig,
): { readonly channels: readonly string[]; readonly note: string } {
  const name = target.name ?? "";
  switch (target.kind) {
    case "receiver": {
      const taker = nameOf(before?.acknowledgedBy, config);
      const note =
        reason === "reminder" ? `Reminder: ${taker} has taken it, and it is still on` : "Its snooze has ended";
      return { channels: config.receivers[receiver].channels, note };
    }
    case "channel":
      return { channels: [name], note: `Escalated to ${name}` };
    case "person": {
      const { channels = [] } = (Object.hasOwn(config.people, name) ? config.people[name] : undefined) ?? {};
      const by = target.schedule === undefined ? "" : `, on call by ${target.schedule}`;
      return { channels, note: `Escalated to ${nameOf(name, config)}${by}` };
    }
  }
}

/** What somebody, or the end of a snooze, has made of an incident; undefined for what its group and its pages say themselves. */
function noteOf({ before, after }: IncidentChange, config: OnCallConfig): string | undefined {
  if (before?.id !== after.id) return undefined;
  const entry = after.timeline.at(-1);
  const who = nameOf(entry?.who, config);
  switch (entry?.what) {
    case "acknowledged":
      return `Acknowledged by ${who}`;
    case "snoozed":
      return `Snoozed by ${who} until ${timeText(after.snoozedUntil ?? entry.at)}`;
    case "resolved":
      return entry.who === undefined ? undefined : `Resolved by ${who}`;
    default:
      return before.status === "snoozed" && after.status === "open" ? "Its snooze has ended" : undefined;
  }
}

function nameOf(person: string | undefined, { people }: OnCallConfig): string {
  if (person === undefined) return "somebody";
  return (Object.hasOwn(people, person) ? people[person].name : undefined) ?? person;
}

function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
