import type { Problem } from "../problems.ts";
import type { Config } from "../schema.ts";
import { suggestion } from "../wording.ts";

/** Names of channels in `oncall` that no channel of the configuration has. */
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
  return [...listed("receivers"), ...listed("people"), ...steps];
}
