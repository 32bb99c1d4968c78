import { suggestion } from "../wording.ts";
import type { EscalationChainConfig, ScheduleConfig } from "./people.ts";
import type { RouteConfig } from "./route.ts";

/** A name that nothing has, and where it stands. */
interface UnknownName {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Named = Readonly<Record<string, unknown>>;

/** The parts of the section that name each other. */
interface NamingParts {
  readonly route: RouteConfig;
  readonly receivers: Readonly<Record<string, { readonly escalation?: string | undefined }>>;
  readonly timeIntervals: Named;
  readonly people: Named;
  readonly escalations: Readonly<Record<string, EscalationChainConfig>>;
  readonly schedules: Readonly<Record<string, ScheduleConfig>>;
}

/** Names of receivers, time intervals, chains, schedules and people that there are not; a topmost route that takes not everything is among them. */
export function unknownNames(parts: NamingParts): UnknownName[] {
  const { route } = parts;
  const problems: UnknownName[] = [];
  if (route.receiver === undefined)
    problems.push({ path: ["route"], message: "the topmost route must have a receiver" });
  if (route.matchers.length > 0 || route.pattern !== undefined) {
    problems.push({
      path: ["route"],
      message: "the topmost route must take every alert: it has no matchers and no pattern",
    });
  }
  return [
    ...problems,
    ...routeNames(route, ["route"], parts),
    ...Object.entries(parts.receivers).flatMap(([name, { escalation }]) =>
      check(["receivers", name, "escalation"], "escalation", escalation, parts.escalations),
    ),
    ...Object.entries(parts.escalations).flatMap(([name, { steps }]) =>
      steps.flatMap(({ person, schedule, during }, i) => {
        const path = ["escalations", name, "steps", i];
        return [
          ...check([...path, "person"], "person", person, parts.people),
          ...check([...path, "schedule"], "schedule", schedule, parts.schedules),
          ...during.flatMap((each, j) => check([...path, "during", j], "time interval", each, parts.timeIntervals)),
        ];
      }),
    ),
    ...Object.entries(parts.schedules).flatMap(([name, schedule]) =>
      scheduleNames(schedule, ["schedules", name], parts),
    ),
  ];
}

function routeNames(route: RouteConfig, path: readonly (string | number)[], parts: NamingParts): UnknownName[] {
  return [
    ...check([...path, "receiver"], "receiver", route.receiver, parts.receivers),
    ...(["muteTimeIntervals", "activeTimeIntervals"] as const).flatMap((list) =>
      route[list].flatMap((name, i) => check([...path, list, i], "time interval", name, parts.timeIntervals)),
    ),
    ...route.routes.flatMap((child, i) => routeNames(child, [...path, "routes", i], parts)),
  ];
}

function scheduleNames(
  { layers, overrides }: ScheduleConfig,
  path: readonly (string | number)[],
  { people, timeIntervals }: NamingParts,
): UnknownName[] {
  return [
    ...layers.flatMap((layer, i) => [
      ...layer.people.flatMap((name, j) => check([...path, "layers", i, "people", j], "person", name, people)),
      ...layer.during.flatMap((name, j) =>
        check([...path, "layers", i, "during", j], "time interval", name, timeIntervals),
      ),
    ]),
    ...overrides.flatMap(({ person }, i) => check([...path, "overrides", i, "person"], "person", person, people)),
  ];
}

function check(
  path: readonly (string | number)[],
  what: string,
  name: string | undefined,
  known: Named,
): UnknownName[] {
  if (name === undefined || Object.hasOwn(known, name)) return [];
  return [{ path, message: `no ${what} named "${name}"${suggestion(name, Object.keys(known))}` }];
}
