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

/** The firing alert that keeps this one quiet, by a rule or because it names it as its cause; undefined when there is none. */
export function inhibitionOf(
  target: Pick<ActiveAlert, "key" | "labels" | "causes">,
  active: readonly ActiveAlert[],
  rules: readonly InhibitRule[],
  nowMs: number,
): Inhibition | undefined {
  const firing = active.filter(({ endsAt }) => endsAt === undefined || endsAt > nowMs);
  const effect = firing.find((source) => isMadeOf(source, target));
  if (effect !== undefined) return { by: effect.key };
  for (const rule of rules) {
    const source = inhibitorOf(target.labels, firing, rule);
    if (source !== undefined) return { by: source.key };
  }
  return undefined;
}

/** Whether a source is made of a target. Of two that name each other, neither is kept quiet: somebody must be told. */
function isMadeOf(source: ActiveAlert, target: Pick<ActiveAlert, "key" | "causes">): boolean {
  if (source.isSuppressed || source.key === target.key) return false;
  return source.causes.includes(target.key) && !target.causes.includes(source.key);
}

/** The alert that inhibits these labels by a rule. One that is source and target at once is inhibited by no other such: they would silence each other. */
function inhibitorOf<Source extends { readonly labels: Labels }>(
  target: Labels,
  firing: readonly Source[],
  { isSource, isTarget, equal }: InhibitRule,
): Source | undefined {
  if (!isTarget(target)) return undefined;
  const isTwoSided = isSource(target);
  return firing.find(
    ({ labels }) =>
      isSource(labels) &&
      equal.every((name) => labelOf(labels, name) === labelOf(target, name)) &&
      !(isTwoSided && isTarget(labels)),
  );
}
