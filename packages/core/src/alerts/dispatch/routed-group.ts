import type { Labels } from "../../config/oncall/compile-matcher.ts";
import type { OnCallConfig } from "../../config/oncall/schema.ts";
import { groupOf } from "../group.ts";
import type { OnCallRules } from "../on-call-rules.ts";
import type { Route, RouteOptions } from "../route.ts";

/** A group and the route that made it, as both are remembered. Plain JSON. */
export interface RoutedGroup {
  readonly key: string;
  readonly labels: Labels;
  /** The route's id. */
  readonly route: string;
  readonly receiver: string;
}

/** The group of an alert's labels on a route, to be remembered. */
export function routedGroup(route: Route, alertLabels: Labels): RoutedGroup {
  const { key, labels } = groupOf(route, alertLabels);
  return { key, labels, route: route.id, receiver: route.options.receiver };
}

/**
 * Makes the search for the options of a group's route. A group whose route the configuration has no more goes on by the options of the topmost one, and its receiver is
 * told while there is one of that name: what has begun must also end.
 */
export function routeOptions(config: OnCallConfig, rules: OnCallRules): (group: RoutedGroup) => RouteOptions {
  const byId = new Map<string, RouteOptions>();
  const add = ({ id, options, routes }: Route): void => {
    byId.set(id, options);
    routes.forEach(add);
  };
  add(rules.route);
  const { options: topmost } = rules.route;
  return ({ route, receiver }) => {
    const isKnown = Object.hasOwn(config.receivers, receiver);
    return byId.get(route) ?? (isKnown ? { ...topmost, receiver } : topmost);
  };
}
