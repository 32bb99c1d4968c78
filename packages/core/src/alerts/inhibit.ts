import { compileMatcherTexts, type Labels, type LabelTest, labelOf } from "../config/oncall/compile-matcher.ts";
import type { InhibitRuleConfig } from "../config/oncall/schema.ts";
import type { Alert } from "../event/alert.ts";

/** While an alert with the source's labels fires, alerts with the target's are kept quiet. https://prometheus.io/docs/alerting/latest/configuration/#inhibit_rule */
export interface InhibitRule {
  readonly isSource: LabelTest;
  readonly isTarget: LabelTest;
  /** Labels that both must have alike; one that neither has is alike. */
  readonly equal: readonly string[];
}

/** An alert that fires, as far as it can keep others quiet. Plain JSON. */
export interface ActiveAlert {
  readonly key: string;
  readonly labels: Labels;
  /** Keys of the alerts that made it. */
  readonly causes: readonly string[];
  /** Held back by its own source: nobody is told of it, so it keeps nothing quiet that it is made of. */
  readonly isSuppressed: boolean;
  /** Epoch milliseconds; it does not fire from then on. */
  readonly endsAt?: number;
}

/** The alert for which another keeps quiet. */
export interface Inhibition {
  readonly by: string;
}

/** Compiles the rules of the configuration. */
export function compileInhibitRules(rules: readonly InhibitRuleConfig[]): InhibitRule[] {
  return rules.map(({ sourceMatchers, targetMatchers, equal }) => ({
    isSource: compileMatcherTexts(sourceMatchers),
    isTarget: compileMatcherTexts(targetMatchers),
    equal,
  }));
}

/** What of an alert must be kept while it fires, for others to be inhibited; undefined when it can inhibit none. */
export function activeAlertOf(alert: Alert, rules: readonly InhibitRule[], nowMs: number): ActiveAlert | undefined {
  const { key, labels, causes, suppression, expiresAfterMs } = alert;
  const canInhibit = causes.length > 0 || rules.some(({ isSource }) => isSource(labels));
  if (alert.status !== "firing" || !canInhibit) return undefined;
  const active = { key, labels, causes, isSuppressed: suppression !== undefined };
  return expiresAfterMs === undefined ? active : { ...active, endsAt: nowMs + expiresAfterMs };
}

/** The search for the firing alert that keeps another quiet, by a rule or because it names it as its cause; undefined when there is none. */
export type FindInhibition = (
  target: Pick<ActiveAlert, "key" | "labels" | "causes">,
  nowMs: number,
) => Inhibition | undefined;

/**
 * Makes the search among the alerts that are active: each is looked at once, by what it is made of and by the values that a rule wants alike, so that thousands of
 * them are no hindrance to thousands of others.
 */
export function compileInhibitions(active: readonly ActiveAlert[], rules: readonly InhibitRule[]): FindInhibition {
  const effects = new Map<string, ActiveAlert[]>();
  for (const source of active) {
    if (source.isSuppressed) continue;
    for (const cause of source.causes) addTo(effects, cause, source);
  }
  const inhibitors = rules.map((rule) => compileInhibitors(active, rule));
  return (target, nowMs) => {
    const effect = effects.get(target.key)?.find((source) => isOn(source, nowMs) && isEffectOf(source, target));
    if (effect !== undefined) return { by: effect.key };
    for (const inhibitorOf of inhibitors) {
      const source = inhibitorOf(target.labels, nowMs);
      if (source !== undefined) return { by: source.key };
    }
    return undefined;
  };
}

function isOn({ endsAt }: ActiveAlert, nowMs: number): boolean {
  return endsAt === undefined || endsAt > nowMs;
}

/** Whether a source is made of a target and not the target of it. Of two that name each other, neither is kept quiet: somebody must be told. */
function isEffectOf(source: ActiveAlert, target: Pick<ActiveAlert, "key" | "causes">): boolean {
  return source.key !== target.key && !target.causes.includes(source.key);
}

/** The alert that inhibits labels by a rule. One that is source and target at once is inhibited by no other such: they would silence each other. */
function compileInhibitors(active: readonly ActiveAlert[], { isSource, isTarget, equal }: InhibitRule) {
  const valuesOf = (labels: Labels): string => JSON.stringify(equal.map((name) => labelOf(labels, name)));
  const all = new Map<string, ActiveAlert[]>();
  const oneSided = new Map<string, ActiveAlert[]>();
  for (const source of active) {
    if (!isSource(source.labels)) continue;
    const values = valuesOf(source.labels);
    addTo(all, values, source);
    if (!isTarget(source.labels)) addTo(oneSided, values, source);
  }
  return (target: Labels, nowMs: number): ActiveAlert | undefined => {
    if (all.size === 0 || !isTarget(target)) return undefined;
    const sources = isSource(target) ? oneSided : all;
    return sources.get(valuesOf(target))?.find((source) => isOn(source, nowMs));
  };
}

function addTo(lists: Map<string, ActiveAlert[]>, name: string, alert: ActiveAlert): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [alert]);
  else list.push(alert);
}
