import { compilePattern } from "../patterns/event-pattern.ts";
import { InvalidPatternError } from "../patterns/invalid-pattern-error.ts";
import { messageOf } from "../platform/errors.ts";
import { canaryProblems } from "./canaries/canary-problems.ts";
import { DATASETS } from "./datasets.ts";
import { DEFAULT_ROUTE } from "./default-route.ts";
import { deployProblems } from "./deploy/deploy-problems.ts";
import { channelNameProblems } from "./oncall/channel-names.ts";
import type { Problem } from "./problems.ts";
import type { Config } from "./schema.ts";
import { lowerFirst, suggestion } from "./wording.ts";

/** What a validated configuration says that cannot be: names that nothing has, names twice, patterns and expressions that do not compile. */
export function checkReferences(config: Config): Problem[] {
  return [
    ...patternProblems(config),
    ...expressionProblems(config.redact.expressions),
    ...sinkProblems(config),
    ...nameProblems(config),
    ...formatProblems(config.parsers),
    ...retentionProblems(config.retentionDays),
    ...testProblems(config),
    ...channelNameProblems(config),
    ...canaryProblems(config),
    ...deployProblems(config),
  ];
}

function patternProblems(config: Config): Problem[] {
  return (["drop", "sample", "routes"] as const).flatMap((list) =>
    config[list].flatMap(({ pattern }, i) => {
      const reason = refusal(pattern);
      return reason === undefined ? [] : [{ path: [list, i, "pattern"], message: `not an event pattern: ${reason}` }];
    }),
  );
}

/** AWS's reason for refusing a pattern; undefined when it takes it. */
function refusal(pattern: unknown): string | undefined {
  try {
    compilePattern(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidPatternError) return error.reason;
    throw error;
  }
}

function expressionProblems(expressions: readonly string[]): Problem[] {
  return expressions.flatMap((expression, i) => {
    try {
      new RegExp(expression, "gu");
      return [];
    } catch (error) {
      return [{ path: ["redact", "expressions", i], message: lowerFirst(messageOf(error)) }];
    }
  });
}

function sinkProblems(config: Config): Problem[] {
  const known = Object.keys(config.sinks);
  const check = (path: Problem["path"], sinks: readonly string[]): Problem[] =>
    sinks.flatMap((sink, i) =>
      known.includes(sink)
        ? []
        : [{ path: [...path, i], message: `no sink named "${sink}"${suggestion(sink, known)}` }],
    );
  return [
    ...check(["defaultRoute"], config.defaultRoute),
    ...config.routes.flatMap(({ sinks }, i) => check(["routes", i, "sinks"], sinks)),
    ...config.tests.flatMap(({ expect }, i) => check(["tests", i, "expect", "sinks"], expect.sinks ?? [])),
  ];
}

/** Rules are counted by name, so a name must mean one rule. */
function nameProblems(config: Config): Problem[] {
  const lists = ["drop", "sample", "routes", "tests"] as const;
  const twice = lists.flatMap((list) => {
    const names = config[list].map(({ name }) => name);
    return names.flatMap((name, i) =>
      names.indexOf(name) === i ? [] : [{ path: [list, i, "name"], message: `"${name}" is a name twice` }],
    );
  });
  const reserved = config.routes.flatMap(({ name }, i) =>
    name === DEFAULT_ROUTE
      ? [{ path: ["routes", i, "name"], message: `"${name}" is the name of what no route takes` }]
      : [],
  );
  return [...twice, ...reserved];
}

function formatProblems(parsers: Config["parsers"]): Problem[] {
  return parsers.flatMap(({ parser, format }, i) =>
    format === undefined || parser === "aws.vpcflow"
      ? []
      : [{ path: ["parsers", i, "format"], message: `only aws.vpcflow has a format, not ${parser}` }],
  );
}

function retentionProblems(retentionDays: Config["retentionDays"]): Problem[] {
  return Object.keys(retentionDays).flatMap((name) =>
    (DATASETS as readonly string[]).includes(name)
      ? []
      : [{ path: ["retentionDays", name], message: `no data set named "${name}"${suggestion(name, DATASETS)}` }],
  );
}

function testProblems(config: Config): Problem[] {
  const rules = [...config.drop.map(({ name }) => name), ...config.sample.map(({ name }) => `sample:${name}`)];
  const routes = [DEFAULT_ROUTE, ...config.routes.map(({ name }) => name)];
  const check = (i: number, key: "dropped" | "route", known: readonly string[]): Problem[] => {
    const name = config.tests[i].expect[key];
    if (name === undefined || known.includes(name)) return [];
    const what = key === "route" ? "route" : "rule";
    return [{ path: ["tests", i, "expect", key], message: `no ${what} named "${name}"${suggestion(name, known)}` }];
  };
  return config.tests.flatMap((_, i) => [...check(i, "dropped", rules), ...check(i, "route", routes)]);
}
