import type { Problem } from "../problems.ts";
import type { Config } from "../schema.ts";
import { suggestion } from "../wording.ts";
import type { OnCallConfig } from "./schema.ts";

/**
 * What one incident may be told by, its receiver's channels and all that its chain can reach: all of them may be told at once, together with the incident's state and corrective
 * actions, and a transaction of DynamoDB has 100 writes. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
const MAX_TOLD = 60;

/** Names of channels in `oncall` that no channel of the configuration has, and receivers that have more channels than one incident can be told by. */
export function channelNameProblems({ channels, oncall }: Pick<Config, "channels" | "oncall">): Problem[] {
  const known = Object.keys(channels);
  const check = (path: Problem["path"], name: string | undefined): Problem[] =>
    name === undefined || Object.hasOwn(channels, name)
      ? []
      : [{ path: ["oncall", ...path], message: `no channel named "${name}"${suggestion(name, known)}` }];
  const listed = (section: "receivers" | "people"): Problem[] => {
    const owners: Readonly<Record<string, { readonly channels: readonly string[] }>> = oncall[section];
    return Object.entries(owners).flatMap(([owner, { channels: names }]) =>
      names.flatMap((name, i) => check([section, owner, "channels", i], name)),
    );
  };
  const steps = Object.entries(oncall.escalations).flatMap(([chain, { steps }]) =>
    steps.flatMap(({ channel }, i) => check(["escalations", chain, "steps", i, "channel"], channel)),
  );
  return [...listed("receivers"), ...listed("people"), ...steps, ...tooMany(oncall)];
}

function tooMany(oncall: OnCallConfig): Problem[] {
  return Object.entries(oncall.receivers).flatMap(([name, { channels, escalation }]) => {
    const { size } = new Set([...channels, ...reachedBy(escalation, oncall)]);
    const message = `an incident of it may be told by ${size} channels, those of people and of its chain's steps among them; at most ${MAX_TOLD} are possible`;
    return size <= MAX_TOLD ? [] : [{ path: ["oncall", "receivers", name], message }];
  });
}

/** The channels that a chain may page, whoever is on call. */
function reachedBy(chain: string | undefined, { escalations, people, schedules }: OnCallConfig): string[] {
  const { steps = [] } = escalations[chain ?? ""] ?? {};
  return steps.flatMap(({ person, schedule, channel }) => {
    const { layers = [], overrides = [] } = schedules[schedule ?? ""] ?? {};
    const names = [person, ...layers.flatMap((layer) => layer.people), ...overrides.map((override) => override.person)];
    const own = names.flatMap((name) => people[name ?? ""]?.channels ?? []);
    return channel === undefined ? own : [channel];
  });
}
