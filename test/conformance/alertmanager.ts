import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { reasonToTell } from "@belfry/core/alerts/engine/reason-to-tell";
import { groupOf } from "@belfry/core/alerts/group";
import { compileInhibitions, compileInhibitRules, type InhibitRule } from "@belfry/core/alerts/inhibit";
import { compileRoutes, matchRoutes } from "@belfry/core/alerts/route";
import { compileMatcher } from "@belfry/core/config/oncall/compile-matcher";
import type { MatchOperator } from "@belfry/core/config/oncall/label-matcher";
import { readTimeInterval } from "@belfry/core/config/oncall/time-interval";
import { TimeInterval } from "@belfry/core/config/oncall/times";
import { parse } from "yaml";
import { onCallOf, timeIntervalOf } from "./alertmanager-config.ts";
import { keyOf, type Scenario } from "./alertmanager-run.ts";
import { traceDifference } from "./alertmanager-traces.ts";
import type { Score } from "./score.ts";

type Labels = Readonly<Record<string, string>>;
type Json = Readonly<Record<string, unknown>>;

/** One case: its name, and what is wrong with ours, if anything. */
interface Verdict {
  readonly name: string;
  readonly wrong: string | undefined;
}

/** A file's shape: by what it is known, and how its cases are judged. */
interface Shape {
  recognises(content: Json): boolean;
  judge(content: Json): Verdict[];
}

const SHAPES: readonly Shape[] = [
  { recognises: ({ trees }) => Array.isArray(trees), judge: ({ trees }) => judgeEach(trees, judgeTree) },
  { recognises: ({ tests }) => isListWith(tests, "routeYaml"), judge: ({ tests }) => judgeEach(tests, judgeRoutes) },
  {
    recognises: ({ groups, configYaml }) => Array.isArray(groups) && typeof configYaml === "string",
    judge: judgeGroups,
  },
  {
    recognises: (content) => inhibitionSets(content).length > 0 || Array.isArray(content.hasEqual),
    judge: judgeInhibition,
  },
  {
    recognises: ({ cases }) => isListWith(cases, "lastNotification"),
    judge: ({ cases }) => judgeEach(cases, judgeDedup),
  },
  { recognises: ({ cases }) => isListWith(cases, "op"), judge: ({ cases }) => judgeEach(cases, judgeMatcher) },
  { recognises: ({ cases }) => isListWith(cases, "yaml"), judge: ({ cases }) => judgeEach(cases, judgeInterval) },
  {
    recognises: ({ scenarios }) => isListWith(scenarios, "observed"),
    judge: ({ scenarios }) =>
      judgeEach(scenarios, (scenario: Scenario) => ({ name: scenario.name, wrong: traceDifference(scenario) })),
  },
];

/** Scores a file of routes, groups, inhibitions, notifications, matchers, time intervals or recorded runs of Alertmanager's; a reason when it is none. */
export async function scoreAlertmanager(path: string, set: string): Promise<Score | string> {
  const content = JSON.parse(await readFile(path, "utf8")) as Json;
  const shape = SHAPES.find(({ recognises }) => recognises(content));
  if (shape === undefined) return "not a file of a known shape";
  const verdicts = shape.judge(content);
  const failures = verdicts.flatMap(({ name, wrong }) => (wrong === undefined ? [] : [`${name}: ${wrong}`]));
  const passed = verdicts.length - failures.length;
  return {
    set,
    source: basename(path, ".json"),
    cases: verdicts.length,
    passed,
    score: passed / verdicts.length,
    failures,
  };
}

interface Tree {
  readonly route: Json;
  readonly cases: readonly { readonly labels: Labels; readonly receivers: readonly string[] }[];
}

function judgeTree({ route, cases }: Tree, index: number): Verdict[] {
  const root = compileRoutes(onCallOf({}, route).route);
  return cases.map(({ labels, receivers }) => {
    const ours = matchRoutes(root, { labels }).map(({ options }) => options.receiver);
    return verdict(`tree ${index} ${keyOf(labels)}`, receivers, ours);
  });
}

interface RouteTest {
  readonly test: string;
  readonly routeYaml: string;
  readonly cases: readonly {
    readonly labels: Labels;
    readonly expect: readonly {
      readonly receiver: string;
      readonly groupBy: readonly string[];
      readonly groupByAll: boolean;
    }[];
    readonly routeKeys: readonly string[];
  }[];
}

function judgeRoutes({ test, routeYaml, cases }: RouteTest): Verdict[] {
  const root = compileRoutes(onCallOf({}, parse(routeYaml)).route);
  return cases.map(({ labels, expect, routeKeys }) => {
    const routes = matchRoutes(root, { labels });
    const ours = routes.map(({ options }) => ({
      receiver: options.receiver,
      groupBy: options.groupBy.toSorted(),
      groupByAll: options.groupByAll,
      groupWaitSec: options.groupWaitMs / 1000,
      groupIntervalSec: options.groupIntervalMs / 1000,
      repeatIntervalSec: options.repeatIntervalMs / 1000,
    }));
    const wanted = expect.map((options) => ({ ...options, groupBy: options.groupBy.toSorted() }));
    return verdict(`${test} ${keyOf(labels)}`, [wanted, routeKeys], [ours, routes.map(({ key }) => key)]);
  });
}

interface GroupCase {
  readonly alerts: readonly number[];
  readonly groupLabels: Labels;
  readonly receiver: string;
  readonly groupKey: string;
  readonly routeId: string;
}

function judgeGroups({ configYaml, alerts, groups }: Json): Verdict[] {
  const config = parse(String(configYaml)) as Json;
  const root = compileRoutes(onCallOf(config, config.route as Json).route);
  const members = listOf<Labels>(alerts).flatMap((labels, index) =>
    matchRoutes(root, { labels }).map((route) => ({ index, route, group: groupOf(route, labels) })),
  );
  const ours = [...Map.groupBy(members, ({ group }) => group.key).values()].map((list) => {
    const [{ route, group }] = list;
    return {
      alerts: list.map(({ index }) => index),
      groupLabels: group.labels,
      receiver: route.options.receiver,
      groupKey: group.alertmanagerKey,
      routeId: route.id,
    };
  });
  const texts = new Set(ours.map(canonical));
  const wanted = listOf<GroupCase>(groups);
  const isComplete = ours.length === wanted.length;
  return wanted.map((group) => ({
    name: group.groupKey,
    wrong: isComplete && texts.has(canonical(group)) ? undefined : `ours are ${[...texts].join(" ")}`,
  }));
}

interface RuleText {
  readonly source: readonly string[];
  readonly target: readonly string[];
  readonly equal: readonly string[];
}

interface Stated {
  readonly labels: Labels;
  readonly resolved: boolean;
}

interface InhibitionSet {
  readonly rule?: RuleText;
  readonly rules?: readonly RuleText[];
  readonly activeSources?: readonly Labels[];
  readonly cases: readonly {
    readonly comment?: string;
    readonly target?: Labels;
    readonly muted?: boolean;
    readonly alerts?: readonly Stated[];
    readonly expect?: readonly { readonly labels: Labels; readonly muted: boolean }[];
  }[];
}

interface EqualCase {
  readonly name: string;
  readonly sources: readonly Stated[];
  readonly equal: readonly string[];
  readonly target: Labels;
  readonly hasEqual: boolean;
}

function inhibitionSets(content: Json): [string, InhibitionSet][] {
  const isSet = (value: unknown): boolean =>
    typeof value === "object" && value !== null && "cases" in value && ("rules" in value || "rule" in value);
  return Object.entries(content).filter(([, value]) => isSet(value)) as [string, InhibitionSet][];
}

function judgeInhibition(content: Json): Verdict[] {
  const equal = listOf<EqualCase>(content.hasEqual).map(({ name, sources, equal: names, target, hasEqual }) => {
    const rule: InhibitRule = { isSource: () => true, isTarget: (labels) => labels === target, equal: names };
    const onlySource = { ...rule, isSource: (labels: Labels) => labels !== target };
    return verdict(name, hasEqual, isInhibited(target, sources, [onlySource]));
  });
  return [...equal, ...inhibitionSets(content).flatMap(([name, set]) => judgeInhibitionSet(name, set))];
}

function judgeInhibitionSet(
  name: string,
  { rule, rules = rule ? [rule] : [], activeSources = [], cases }: InhibitionSet,
): Verdict[] {
  const compiled = compileInhibitRules(
    rules.map(({ source, target, equal }) => ({
      sourceMatchers: [...source],
      targetMatchers: [...target],
      equal: [...equal],
    })),
  );
  const active = activeSources.map((labels) => ({ labels, resolved: false }));
  return cases.map(({ comment, target, muted, alerts = active, expect = [] }, index) => {
    const targets = target === undefined ? expect : [{ labels: target, muted }];
    const ours = targets.map(({ labels }) => ({ labels, muted: isInhibited(labels, alerts, compiled) }));
    return verdict(`${name} ${comment ?? index}`, targets, ours);
  });
}

/** Of statements about the same labels the last counts. */
function isInhibited(target: Labels, sources: readonly Stated[], rules: readonly InhibitRule[]): boolean {
  const last = new Map(sources.map((source) => [keyOf(source.labels), source]));
  const active = [...last.values()].map(({ labels, resolved }) => ({
    key: keyOf(labels),
    labels,
    causes: [],
    isSuppressed: false,
    ...(resolved ? { endsAt: 0 } : {}),
  }));
  return compileInhibitions(active, rules)({ key: keyOf(target), labels: target, causes: [] }, 1) !== undefined;
}

interface DedupCase {
  readonly comment: string;
  readonly lastNotification: {
    readonly firing: readonly number[];
    readonly resolved: readonly number[];
    readonly ageSec: number | string;
  } | null;
  readonly firing: readonly number[];
  readonly resolved: readonly number[];
  readonly repeatIntervalSec: number;
  readonly sendResolved: boolean;
  readonly notify: boolean;
}

function judgeDedup(testCase: DedupCase): Verdict {
  const { comment, lastNotification: last, firing, resolved, repeatIntervalSec, sendResolved, notify } = testCase;
  const age = typeof last?.ageSec === "number" ? last.ageSec : Number.POSITIVE_INFINITY;
  const told =
    last === null ? undefined : { at: -age, firing: last.firing.map(String), resolved: last.resolved.map(String) };
  const keys = { firing: firing.map(String), resolved: resolved.map(String) };
  const reason = reasonToTell(told, keys, { sendResolved, isRepeatDue: (toldAt) => toldAt < -repeatIntervalSec });
  return verdict(comment, notify, reason !== undefined);
}

interface MatcherCase {
  readonly op: MatchOperator;
  readonly pattern: string;
  readonly value: string;
  readonly match: boolean;
}

function judgeMatcher({ op, pattern, value, match }: MatcherCase): Verdict {
  const matches = compileMatcher({ name: "label", operator: op, value: pattern });
  return verdict(`${value} ${op} ${pattern}`, match, matches({ label: value }));
}

interface IntervalCase {
  readonly yaml: string;
  readonly contains: readonly string[];
  readonly excludes: readonly string[];
  readonly error: boolean;
}

function judgeInterval({ yaml, contains, excludes, error }: IntervalCase): Verdict {
  const texts = listOf<Json>(parse(yaml)).map(timeIntervalOf);
  const read = texts.map((text) => TimeInterval.safeParse(text));
  const intervals = read.flatMap(({ success, data }, i) =>
    success ? [{ ...readTimeInterval(data), isZoned: texts[i].zone !== undefined }] : [],
  );
  const isRefused = intervals.length < texts.length;
  if (isRefused || error) return verdict(yaml, error, isRefused);
  const holds = (text: string): boolean =>
    intervals.some(({ contains: has, isZoned }) => has(instantOf(text, isZoned)));
  return verdict(yaml, [contains, []], [contains.filter(holds), excludes.filter(holds)]);
}

/** `08 Jul 20 09:00 -0700`; without a zone of its own, an interval is read by the clock of the text. */
function instantOf(text: string, isZoned: boolean): number {
  const [, day, month, year, time, sign, hours, minutes] =
    /^(\d+) (\w+) (\d+) ([\d:]+) ([+-])(\d\d)(\d\d)$/.exec(text) ?? [];
  const reading = Date.parse(`${day} ${month} 20${year} ${time} UTC`);
  const offsetMs = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  return isZoned ? reading - offsetMs : reading;
}

/** Judges each of a list; one that cannot even be read is wrong, and does not keep the others from being judged. */
function judgeEach<T>(list: unknown, judge: (one: T, index: number) => Verdict | Verdict[]): Verdict[] {
  return listOf<T>(list).flatMap((one, index) => {
    try {
      return judge(one, index);
    } catch (error) {
      return { name: `number ${index}`, wrong: String(error) };
    }
  });
}

function verdict(name: string, expected: unknown, ours: unknown): Verdict {
  const isRight = canonical(expected) === canonical(ours);
  return { name, wrong: isRight ? undefined : `expected ${JSON.stringify(expected)}, got ${JSON.stringify(ours)}` };
}

/** JSON in which the order of keys does not matter. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
  return `{${members.sort().join()}}`;
}

function isListWith(value: unknown, key: string): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((member) => member !== null && key in member);
}

function listOf<T>(value: unknown): readonly T[] {
  return Array.isArray(value) ? value : [];
}
