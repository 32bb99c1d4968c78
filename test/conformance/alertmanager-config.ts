import { quoted } from "@belfry/core/config/oncall/label-matcher";
import { OnCall, type OnCallConfig } from "@belfry/core/config/oncall/schema";
import { parse } from "yaml";

type Yaml = Readonly<Record<string, unknown>>;

/** A channel of a receiver: its name is the receiver's, with its number behind it. */
export interface Hook {
  readonly name: string;
  readonly sendResolved: boolean;
}

/** A configuration of Alertmanager's, in Belfry's words. */
export interface ReadConfig {
  readonly onCall: OnCallConfig;
  readonly hooks: ReadonlyMap<string, readonly Hook[]>;
  readonly resolveTimeout: string;
}

/** Reads alertmanager.yml as far as it is about who is told when; raises what the configuration's schema raises. */
export function readConfig(yaml: string): ReadConfig {
  const config = parse(yaml) as Yaml;
  const receivers = listOf(config.receivers);
  const global = (config.global ?? {}) as Yaml;
  return {
    onCall: onCallOf(config, config.route as Yaml),
    hooks: new Map(receivers.map((receiver) => [String(receiver.name), hooksOf(receiver)])),
    resolveTimeout: String(global.resolve_timeout ?? "5m"),
  };
}

/** The section of a routing tree alone; its receivers are those that it names. */
export function onCallOf(config: Yaml, route: Yaml): OnCallConfig {
  const intervals = [...listOf(config.time_intervals), ...listOf(config.mute_time_intervals)];
  return OnCall.parse({
    mode: "alertmanager",
    route: routeOf(route),
    receivers: Object.fromEntries(receiversIn(route).map((name) => [name, {}])),
    inhibitRules: listOf(config.inhibit_rules).map((rule) => ({
      sourceMatchers: matchersOf(rule, "source_"),
      targetMatchers: matchersOf(rule, "target_"),
      equal: rule.equal ?? [],
    })),
    timeIntervals: Object.fromEntries(
      intervals.map(({ name, time_intervals }) => [String(name), listOf(time_intervals).map(timeIntervalOf)]),
    ),
  });
}

function hooksOf(receiver: Yaml): Hook[] {
  return listOf(receiver.webhook_configs).map(({ send_resolved }, i) => ({
    name: `${receiver.name}${i}`,
    sendResolved: send_resolved !== false,
  }));
}

function receiversIn(route: Yaml): string[] {
  const below = listOf(route.routes).flatMap(receiversIn);
  return route.receiver === undefined ? below : [String(route.receiver), ...below];
}

function routeOf(route: Yaml): Yaml {
  return given({
    receiver: route.receiver,
    matchers: matchersOf(route, ""),
    continue: route.continue,
    groupBy: route.group_by,
    groupWait: route.group_wait,
    groupInterval: route.group_interval,
    repeatInterval: route.repeat_interval,
    muteTimeIntervals: route.mute_time_intervals,
    activeTimeIntervals: route.active_time_intervals,
    flapping: false,
    routes: listOf(route.routes).map(routeOf),
  });
}

/** Matchers, and those of the older forms: `match` for equal values, `match_re` for expressions. */
function matchersOf(of: Yaml, prefix: string): string[] {
  const equal = Object.entries((of[`${prefix}match`] ?? {}) as Record<string, string>);
  const matched = Object.entries((of[`${prefix}match_re`] ?? {}) as Record<string, string>);
  const matchers = of[`${prefix}matchers`] ?? [];
  return [
    ...equal.map(([name, value]) => `${name}=${quoted(String(value))}`),
    ...matched.map(([name, value]) => `${name}=~${quoted(`^(?:${value})$`)}`),
    ...(Array.isArray(matchers) ? matchers.map(String) : [String(matchers)]),
  ];
}

/** A time interval in Belfry's words. */
export function timeIntervalOf(interval: Yaml): Yaml {
  return given({
    times: interval.times && listOf(interval.times).map((time) => ({ start: time.start_time, end: time.end_time })),
    weekdays: interval.weekdays,
    daysOfMonth: textsOf(interval.days_of_month),
    months: textsOf(interval.months),
    years: textsOf(interval.years),
    zone: interval.location,
  });
}

function textsOf(list: unknown): string[] | undefined {
  return Array.isArray(list) ? list.map(String) : undefined;
}

function given(members: Yaml): Yaml {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function listOf(value: unknown): Yaml[] {
  return Array.isArray(value) ? value : [];
}
