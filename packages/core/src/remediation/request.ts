import { compileMatcherTexts } from "../config/oncall/compile-matcher.ts";
import type { CorrectionRule, CorrectionRules } from "../config/oncall/corrections.ts";
import type { Due } from "../event/due.ts";
import type { OpenedIncident } from "../event/opened-incident.ts";
import type { TableWrite } from "../platform/table-client.ts";
import type { CorrectionRequest } from "./correction-request.ts";
import { isOwnEvent } from "./own-event.ts";
import { digestOf, readLabels, resourceOf } from "./plan.ts";
import { askWrite } from "./store.ts";

/** An incident may be told of a thousand alerts at once: no more of them than this lead to a request, the oldest first. */
const MAX_REQUESTS = 20;

const MAX_LABEL = 2048;
const MAX_TITLE = 500;

/**
 * What an incident's new alerts ask of the rules: rows to be written together with it, and what is to be looked at. They can be written again without harm. Replayed alerts and
 * what comes of corrective actions themselves ask nothing.
 */
export function correctionRequests(
  rules: CorrectionRules,
  opened: OpenedIncident,
  nowMs: number,
): { writes: TableWrite[]; dues: Due[] } {
  const requests = Object.entries(rules)
    .flatMap(([name, rule]) => requestsBy(name, rule, opened, rules, nowMs))
    .slice(0, MAX_REQUESTS);
  return {
    writes: requests.map(askWrite),
    dues: requests.map(({ id }): Due => ({ kind: "correction", key: id, at: nowMs })),
  };
}

function requestsBy(
  name: string,
  rule: CorrectionRule,
  { alerts, id, handle, groupKey, receiver }: OpenedIncident,
  rules: CorrectionRules,
  nowMs: number,
): CorrectionRequest[] {
  const matches = compileMatcherTexts(rule.matchers);
  return alerts
    .filter((alert) => matches(alert.labels) && !isReplayed(alert) && !isOwnEvent(alert, rules))
    .map(({ key, version, title, labels }) => ({
      id: digestOf(name, id, key, String(version)),
      rule: name,
      incident: { id, handle, groupKey, receiver },
      alert: { key, version, title: title.slice(0, MAX_TITLE) },
      labels: Object.fromEntries(
        readLabels(rule).flatMap((label) => {
          const text = Object.hasOwn(labels, label) ? labels[label] : undefined;
          return text === undefined ? [] : [[label, text.slice(0, MAX_LABEL)]];
        }),
      ),
      resource: resourceOf(rule, labels).slice(0, MAX_LABEL),
      requestedAt: nowMs,
    }));
}

/** The engine leaves them out already. */
function isReplayed(alert: object): boolean {
  return "replayed" in alert && alert.replayed === true;
}
