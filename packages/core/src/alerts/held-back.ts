import { compileMatcherTexts } from "../config/oncall/compile-matcher.ts";
import { matchersText, parseMatchers } from "../config/oncall/label-matcher.ts";
import type { OnCallConfig } from "../config/oncall/schema.ts";
import type { Alert } from "../event/alert.ts";
import type { RouteOptions } from "./route.ts";
import { compileTimeIntervals, mutedBy } from "./time-intervals.ts";

/** What of itself, of the time, and of the rules keeps an alert on a route quiet, or may: a sentence each. Silences and other alerts are not known here. */
export function heldBack(alert: Alert, options: RouteOptions, config: OnCallConfig, nowMs: number): string[] {
  const { status, suppression, replayed, labels } = alert;
  const interval = mutedBy(options, compileTimeIntervals(config.timeIntervals), nowMs);
  const isIgnored = status === "unknown" && options.unknown === "ignore";
  return [
    ...(replayed ? ["replayed: it brings the state up to date, and nobody is told"] : []),
    ...(isIgnored ? ["its source cannot tell, which changes nothing on this route"] : []),
    ...(status === "resolved" ? ["it is over: only what is known to be on is told of"] : []),
    ...(suppression === undefined ? [] : [`its source holds it back: ${suppression.reason}`]),
    ...(interval === undefined ? [] : [`the time interval ${interval} now`]),
    ...config.inhibitRules
      .filter(({ targetMatchers }) => compileMatcherTexts(targetMatchers)(labels))
      .map(({ sourceMatchers, equal }) => {
        const source = matchersText(sourceMatchers.flatMap(parseMatchers));
        return `an alert with ${source}${equal.length === 0 ? "" : ` and the same ${equal.join(", ")}`}, while it fires`;
      }),
  ];
}
