import { parseDuration } from "../config/oncall/duration.ts";
import type { OnCallConfig } from "../config/oncall/schema.ts";
import type { ChannelSettings, GroupSettings } from "./engine/settings.ts";
import type { IncidentSettings } from "./incident/decide.ts";
import { compileChain } from "./incident/escalation.ts";
import { INCIDENT_CHANNEL } from "./incident/group-channel.ts";
import { compileInhibitRules, type InhibitRule } from "./inhibit.ts";
import { compileRoutes, type Route, type RouteOptions } from "./route.ts";
import { compileSchedule, onCallAt } from "./schedule.ts";
import { compileTimeIntervals, isWithin, type TimeIntervals } from "./time-intervals.ts";

/** The section `oncall` of a configuration, compiled: what the engine asks of it. */
export interface OnCallRules {
  readonly route: Route;
  readonly intervals: TimeIntervals;
  readonly inhibitRules: readonly InhibitRule[];
  /** By what rules the groups of a route are told of; the incident is one of their channels. */
  groupSettings(options: RouteOptions): GroupSettings;
  /** By what rules the incidents of a receiver go on. */
  incidentSettings(receiver: string): IncidentSettings;
}

/**
 * Compiles the section. `isStateful` says of a channel whether it keeps something open until it is told of the end, as all do that edit their message or hold an
 * incident.
 */
export function compileOnCall(config: OnCallConfig, isStateful: (channel: string) => boolean): OnCallRules {
  const intervals = compileTimeIntervals(config.timeIntervals);
  const chains = mapValues(config.escalations, compileChain);
  const schedules = mapValues(config.schedules, (schedule) => compileSchedule(schedule, intervals));
  const world: IncidentSettings["world"] = {
    onCall(name, atMs) {
      const schedule = schedules.get(name);
      return schedule === undefined ? undefined : onCallAt(schedule, atMs)?.person;
    },
    isWithin: (names, atMs) => isWithin(names, intervals, atMs),
  };
  return {
    route: compileRoutes(config.route),
    intervals,
    inhibitRules: compileInhibitRules(config.inhibitRules),
    groupSettings(options) {
      const { channels, sendResolved } = config.receivers[options.receiver];
      const settings: ChannelSettings[] = channels.map((name) => ({
        name,
        sendResolved,
        isStateful: isStateful(name),
      }));
      return { ...options, mode: config.mode, channels: [...settings, INCIDENT_CHANNEL] };
    },
    incidentSettings(receiver) {
      const { escalation, reminder } = config.receivers[receiver];
      return {
        chain: escalation === undefined ? undefined : chains.get(escalation),
        reminder: { afterMs: parseDuration(reminder.after), times: reminder.times },
        world,
      };
    },
  };
}

function mapValues<Value, Result>(
  values: Readonly<Record<string, Value>>,
  map: (value: Value) => Result,
): Map<string, Result> {
  return new Map(Object.entries(values).map(([name, value]) => [name, map(value)]));
}
