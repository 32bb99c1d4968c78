import type { Labels } from "../config/oncall/compile-matcher.ts";
import { quoted } from "../config/oncall/label-matcher.ts";
import type { Route } from "./route.ts";

/** The alerts of one route that have the same values of the labels it groups by: they are told of together. */
export interface AlertGroup {
  /** No other group has it. */
  readonly key: string;
  /** Alertmanager's key of it, which groups of two routes with the same matchers share. */
  readonly alertmanagerKey: string;
  /** The labels by which it is grouped, of those that its alerts have. */
  readonly labels: Labels;
}

/** The group of an alert's labels on a route. */
export function groupOf(route: Route, labels: Labels): AlertGroup {
  const { groupBy, groupByAll } = route.options;
  const names = Object.keys(labels)
    .filter((name) => labels[name] !== "" && (groupByAll || groupBy.includes(name)))
    .sort();
  const text = `{${names.map((name) => `${name}=${quoted(labels[name])}`).join(", ")}}`;
  return {
    key: `${route.id}:${text}`,
    alertmanagerKey: `${route.key}:${text}`,
    labels: Object.fromEntries(names.map((name) => [name, labels[name]])),
  };
}
