import { decideGroup, type GroupInput, type GroupTimer } from "../engine/decide.ts";
import { draftOf, type GroupState } from "../engine/group-state.ts";
import type { GroupSettings, Surroundings } from "../engine/settings.ts";
import { type GroupNotification, viewsOf } from "../engine/tell.ts";
import {
  decideIncident,
  type IncidentDecision,
  type IncidentInput,
  type IncidentOutcome,
  type IncidentSettings,
} from "../incident/decide.ts";
import { INCIDENT_CHANNEL, incidentInput, isHeld } from "../incident/group-channel.ts";
import type { Incident, IncidentTimer, Page } from "../incident/incident.ts";

/** A group of alerts with its last incident. */
export interface JoinedGroup {
  readonly state: GroupState | undefined;
  readonly incident: Incident | undefined;
}

/** By what rules both go on, and what bears on them. */
export interface JoinedRules {
  readonly group: Pick<GroupState, "key" | "labels">;
  readonly settings: GroupSettings;
  readonly incidentSettings: IncidentSettings;
  readonly mutedBy: Surroundings["mutedBy"];
}

/** An incident before and after something happened to it, and whom it pages. */
export interface IncidentChange {
  readonly before: Incident | undefined;
  readonly after: Incident;
  readonly pages: readonly Page[];
}

/** What a group and its incident do at one time, and what they are then. All of it is stored together, or none. */
export interface GroupStep {
  readonly next: JoinedGroup;
  readonly notifications: readonly GroupNotification[];
  /** Of one incident, in their order. */
  readonly changes: readonly IncidentChange[];
  readonly timers: readonly (GroupTimer | IncidentTimer)[];
}

/** No sooner than this is it looked again whether what is quiet still is. */
const LOOK_AGAIN_MS = 60_000;

/** Gives a group statements, or lets it look. Its incident is one of its channels. */
export function takeInput(previous: JoinedGroup, input: GroupInput, nowMs: number, rules: JoinedRules): GroupStep {
  const { group, settings, mutedBy } = rules;
  const around = { mutedBy, isHeld: isHeld(previous.incident) };
  const decision = decideGroup(previous.state, group, input, nowMs, settings, around);
  const { state, notifications, timers } = decision;
  let step: GroupStep = { next: { ...previous, state }, notifications, changes: [], timers };
  for (const notification of notifications) {
    if (notification.channel !== INCIDENT_CHANNEL.name) continue;
    step = joined(step, actOn(step.next, incidentInput(notification), nowMs, rules).step);
  }
  return step;
}

/** Lets something happen to a group's incident. The group looks again when somebody has taken it, or has let go of it. */
export function actOn(
  previous: JoinedGroup,
  input: IncidentInput,
  nowMs: number,
  rules: JoinedRules,
): { readonly step: GroupStep; readonly outcome: IncidentOutcome } {
  const { incident: before, state } = previous;
  if (input.kind === "timer" && isAllQuiet(state, nowMs, rules)) return putOff(previous, input.timer, nowMs, rules);
  const decision = decideIncident(before, input, nowMs, rules.incidentSettings);
  const { incident, timers, outcome } = decision;
  const own: GroupStep = {
    next: { state, incident },
    notifications: [],
    changes: changeOf(before, decision),
    timers,
  };
  if (input.kind === "resolve" && outcome === "done") return { step: letGo(own, nowMs, rules), outcome };
  if (isHeld(before) === isHeld(incident)) return { step: own, outcome };
  return { step: joined(own, takeInput(own.next, { kind: "wake" }, nowMs, rules)), outcome };
}

/**
 * Who resolves what still fires has heard of it: it is told again after the whole time of a repeat, and then as something new. The group looks afterwards, by a timer,
 * so that no step has to do with two incidents.
 */
function letGo(step: GroupStep, nowMs: number, { group }: JoinedRules): GroupStep {
  const { state, incident } = step.next;
  if (state === undefined) return step;
  const told = Object.fromEntries(Object.entries(state.told).map(([name, last]) => [name, { ...last, at: nowMs }]));
  return {
    ...step,
    next: { state: { ...state, told, version: state.version + 1 }, incident },
    timers: [...step.timers, { at: nowMs, kind: "group", key: group.key }],
  };
}

/** Whether all that fires is kept quiet by now: by a silence, say, that somebody has made because of it. */
function isAllQuiet(state: GroupState | undefined, nowMs: number, { group, mutedBy }: JoinedRules): boolean {
  const views = viewsOf(draftOf(state, group), nowMs, { mutedBy, isHeld: false });
  const firing = views.filter(({ isFiring }) => isFiring);
  return firing.length > 0 && firing.every(({ quiet }) => quiet !== undefined);
}

/** What keeps alerts quiet keeps their incident from paging, too; its next step waits until that has ended. */
function putOff(
  next: JoinedGroup,
  timer: IncidentTimer,
  nowMs: number,
  { settings }: JoinedRules,
): { readonly step: GroupStep; readonly outcome: IncidentOutcome } {
  const { incident } = next;
  const isMeant = incident?.pending !== undefined && incident.id === timer.key && incident.version === timer.version;
  const at = nowMs + Math.max(settings.groupIntervalMs, LOOK_AGAIN_MS);
  const timers = isMeant ? [{ ...timer, at }] : [];
  return { step: { next, notifications: [], changes: [], timers }, outcome: isMeant ? "nothing-new" : "too-late" };
}

function changeOf(before: Incident | undefined, { incident, outcome, pages }: IncidentDecision): IncidentChange[] {
  return outcome === "done" && incident !== undefined ? [{ before, after: incident, pages }] : [];
}

function joined(first: GroupStep, second: GroupStep): GroupStep {
  return {
    next: second.next,
    notifications: [...first.notifications, ...second.notifications],
    changes: [...first.changes, ...second.changes],
    timers: [...first.timers, ...second.timers],
  };
}
