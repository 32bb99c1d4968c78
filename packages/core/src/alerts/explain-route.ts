import { compileMatcher, labelOf } from "../config/oncall/compile-matcher.ts";
import { matchersText, parseMatchers } from "../config/oncall/label-matcher.ts";
import type { RouteConfig } from "../config/oncall/route.ts";
import { isObject } from "../event/json-member.ts";
import { compilePattern } from "../patterns/event-pattern.ts";
import { matchRoutes, type Route, type RoutedAlert } from "./route.ts";

/** A route that was tried for an alert, and those below it, if it matches. */
export interface RouteVisit {
  /** Its place in the configuration: `route.routes[2]`. */
  readonly place: string;
  /** Its matchers and pattern, in words: `{severity="critical"}`. */
  readonly conditions: string;
  /** Conditions that do not hold, each with what the alert has instead; none when it matches. */
  readonly failed: readonly string[];
  /** The alert stays here: it matches and none below does. */
  readonly isTaken: boolean;
  /** Those behind the first that matches and does not continue are not tried, and not here. */
  readonly routes: readonly RouteVisit[];
}

/** Says how an alert goes through the routing tree, and why it does not go elsewhere; `route` is the configuration, compiled. */
export function explainRoutes(config: RouteConfig, route: Route, alert: RoutedAlert): RouteVisit {
  return visit("route", config, route, alert, new Set(matchRoutes(route, alert)));
}

function visit(
  place: string,
  config: RouteConfig,
  route: Route,
  alert: RoutedAlert,
  taken: ReadonlySet<Route>,
): RouteVisit {
  const failed = route.matches(alert) ? [] : failedConditions(config, alert);
  const routes: RouteVisit[] = [];
  for (const [i, child] of config.routes.entries()) {
    if (failed.length > 0) break;
    const below = visit(`${place}.routes[${i}]`, child, route.routes[i], alert, taken);
    routes.push(below);
    if (below.failed.length === 0 && !child.continue) break;
  }
  return { place, conditions: conditionsText(config), failed, isTaken: taken.has(route), routes };
}

function conditionsText({ matchers, pattern }: RouteConfig): string {
  const labels = matchers.length === 0 ? [] : [matchersText(matchers.flatMap(parseMatchers))];
  const all = [...labels, ...(pattern === undefined ? [] : [`pattern ${JSON.stringify(pattern)}`])];
  return all.length === 0 ? "takes everything" : all.join(" and ");
}

function failedConditions({ matchers, pattern }: RouteConfig, { labels, event }: RoutedAlert): string[] {
  const unmet = matchers
    .flatMap(parseMatchers)
    .filter((matcher) => !compileMatcher(matcher)(labels))
    .map((matcher) => {
      const value = labelOf(labels, matcher.name);
      const is = value === "" ? "there is no such label" : `it is ${JSON.stringify(value)}`;
      return `${matchersText([matcher]).slice(1, -1)}: ${is}`;
    });
  if (pattern === undefined || compilePattern(pattern).matches(event)) return unmet;
  const parts = failedParts(pattern, [], event);
  const reasons = parts.map((path) => `the pattern's ${path.join(".")}: ${shownAt(event, path)}`);
  return [...unmet, ...(reasons.length > 0 ? reasons : ["the pattern's parts match, but not together"])];
}

/** The paths of a pattern's members that do not match by themselves. */
function failedParts(pattern: unknown, path: readonly string[], event: unknown): string[][] {
  if (isObject(pattern)) {
    return Object.entries(pattern).flatMap(([name, below]) => failedParts(below, [...path, name], event));
  }
  const alone = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), pattern);
  return compilePattern(alone).matches(event) ? [] : [[...path]];
}

function shownAt(event: unknown, path: readonly string[]): string {
  const value = path.reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), event);
  return value === undefined ? "the event has none" : `the event has ${JSON.stringify(value)}`;
}
