import { compileMatchers, type Labels, type LabelTest } from "../config/oncall/compile-matcher.ts";
import { parseDuration } from "../config/oncall/duration.ts";
import { matchersText, parseMatchers } from "../config/oncall/label-matcher.ts";
import type { RouteConfig } from "../config/oncall/route.ts";
import { compilePattern, type EventPattern } from "../patterns/event-pattern.ts";

/** What `groupBy` says for all labels. */
const ALL_LABELS = "...";

/** Alertmanager's defaults. https://prometheus.io/docs/alerting/latest/configuration/#route */
const DEFAULTS: RouteOptions = {
  receiver: "default",
  groupBy: [],
  groupByAll: false,
  groupWaitMs: 30_000,
  groupIntervalMs: 300_000,
  repeatIntervalMs: 14_400_000,
  muteTimeIntervals: [],
  activeTimeIntervals: [],
  unknown: "ignore",
  flapping: { changes: 5, withinMs: 1_800_000 },
};

/** So many changes of one alert in so much time are told once. */
export interface FlappingOptions {
  readonly changes: number;
  readonly withinMs: number;
}

/** What a route says of the alerts that it takes, with what it has from the routes above it. */
export interface RouteOptions {
  readonly receiver: string;
  readonly groupBy: readonly string[];
  /** Each set of labels is a group. */
  readonly groupByAll: boolean;
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  readonly unknown: "ignore" | "breaching" | "notBreaching";
  readonly flapping: FlappingOptions | undefined;
}

/** A node of the routing tree, compiled. */
export interface Route {
  /** Alertmanager's key of it, by its matchers and those above it; two routes may have the same. */
  readonly key: string;
  /** No other route has it; changes when routes before it are added. */
  readonly id: string;
  readonly options: RouteOptions;
  readonly continues: boolean;
  readonly routes: readonly Route[];
  matches(alert: RoutedAlert): boolean;
}

/** The parts of an alert by which it is routed. */
export interface RoutedAlert {
  readonly labels: Labels;
  readonly event?: unknown;
}

/** Compiles the routing tree. */
export function compileRoutes(config: RouteConfig): Route {
  return compileRoute(config, undefined, 0);
}

function compileRoute(config: RouteConfig, parent: Route | undefined, index: number): Route {
  const matchers = config.matchers.flatMap(parseMatchers);
  const pattern = config.pattern === undefined ? undefined : compilePattern(config.pattern);
  const own = matchersText(matchers) + (config.pattern === undefined ? "" : JSON.stringify(config.pattern));
  const route = {
    key: parent === undefined ? own : `${parent.key}/${own}`,
    id: parent === undefined ? own : `${parent.id}/${own}/${index}`,
    options: optionsOf(config, parent?.options ?? DEFAULTS),
    continues: config.continue,
    matches: alertTest(compileMatchers(matchers), pattern),
  };
  const routes: Route[] = [];
  const compiled: Route = { ...route, routes };
  config.routes.forEach((child, i) => {
    routes.push(compileRoute(child, compiled, i));
  });
  return compiled;
}

function alertTest(hasLabels: LabelTest, pattern: EventPattern | undefined): Route["matches"] {
  return ({ labels, event }) => hasLabels(labels) && (pattern?.matches(event) ?? true);
}

function optionsOf(config: RouteConfig, above: RouteOptions): RouteOptions {
  const { groupBy, groupWait, groupInterval, repeatInterval, flapping } = config;
  const isAll = groupBy?.includes(ALL_LABELS) ?? false;
  return {
    receiver: config.receiver ?? above.receiver,
    groupBy: groupBy === undefined || isAll ? above.groupBy : groupBy,
    groupByAll: groupBy === undefined ? above.groupByAll : isAll,
    groupWaitMs: groupWait === undefined ? above.groupWaitMs : parseDuration(groupWait),
    groupIntervalMs: groupInterval === undefined ? above.groupIntervalMs : parseDuration(groupInterval),
    repeatIntervalMs: repeatInterval === undefined ? above.repeatIntervalMs : parseDuration(repeatInterval),
    muteTimeIntervals: config.muteTimeIntervals,
    activeTimeIntervals: config.activeTimeIntervals,
    unknown: config.unknown ?? above.unknown,
    flapping: flapping === undefined ? above.flapping : flappingOf(flapping),
  };
}

function flappingOf(config: Exclude<RouteConfig["flapping"], undefined>): FlappingOptions | undefined {
  return config === false ? undefined : { changes: config.changes, withinMs: parseDuration(config.within) };
}

/**
 * The routes that take an alert, in order: the deepest that match, and more than one where routes say `continue`. Empty only when the topmost does not match.
 */
export function matchRoutes(route: Route, alert: RoutedAlert): Route[] {
  if (!route.matches(alert)) return [];
  const taken: Route[] = [];
  for (const child of route.routes) {
    const below = matchRoutes(child, alert);
    taken.push(...below);
    if (below.length > 0 && !child.continues) break;
  }
  return taken.length > 0 ? taken : [route];
}
