import { type CanaryConfig, needsBrowser } from "../packages/core/src/config/canaries/schema.ts";
import type { ScriptConfig } from "../packages/core/src/config/canaries/script.ts";
import { parseSecretReference } from "../packages/core/src/config/channels/secret-place.ts";
import type { Deployment } from "../packages/core/src/config/deploy/deployment.ts";
import type { Config } from "../packages/core/src/config/schema.ts";
import { BelfryError } from "../packages/core/src/platform/errors.ts";
import type { StackContext } from "./stack-context.ts";

/** A canary by its name. */
export type Named<C extends CanaryConfig = CanaryConfig> = readonly [name: string, canary: C];

/** What the bucket of canaries' files is called: `canary/<region>/<name>/…` of runs, `baselines/…` of what pictures are compared with. */
export const CANARIES_BUCKET = "canaries";

/** The regions in which canaries run, the home region first when it is among them. */
export function canaryRegions({ canaries }: Config, { region: home }: Deployment): string[] {
  const named = Object.values(canaries).flatMap(({ regions }) => (regions.length === 0 ? [home] : regions));
  return [...new Set(named)].sort((a, b) => Number(b === home) - Number(a === home));
}

/** The canaries of the region of a stack. */
export function canariesHere({ config, deployment, region }: StackContext): Named[] {
  return Object.entries(config.canaries).filter(([, { regions }]) =>
    regions.length === 0 ? region === deployment.region : regions.includes(region),
  );
}

/** A function that runs canaries: its bundle's name, and which. */
export interface Runner {
  readonly name: string;
  readonly canaries: readonly Named[];
  readonly hasBrowser: boolean;
}

/** The functions of the region that run canaries: one for those without a browser, one for those with, and one for each script. */
export function runnersHere(context: StackContext): Runner[] {
  const own = canariesHere(context).filter(([, { backend }]) => backend.type === "belfry");
  const shared = own.filter(([, { kind }]) => kind !== "script");
  return [
    { name: "canary-run", hasBrowser: false, canaries: shared.filter(([, canary]) => !needsBrowser(canary)) },
    { name: "canary-browse", hasBrowser: true, canaries: shared.filter(([, canary]) => needsBrowser(canary)) },
    ...scriptsAmong(own).map(([name, canary]) => ({
      name: scriptBundle(name),
      hasBrowser: canary.browser,
      canaries: [[name, canary] as const],
    })),
  ].filter(({ canaries }) => canaries.length > 0);
}

/** The canaries of the region that CloudWatch Synthetics runs. */
export function managedHere(context: StackContext): Named<ScriptConfig>[] {
  return scriptsAmong(canariesHere(context)).filter(([, { backend }]) => backend.type === "synthetics");
}

/** The bundle of a script, by its canary's name. */
export function scriptBundle(canary: string): string {
  return `canary-script-${canary}`;
}

/** What the alarm on a canary is called, less application and stage. */
export function canaryAlarm(canary: string): string {
  return `canary-${canary}`;
}

function scriptsAmong(canaries: readonly Named[]): Named<ScriptConfig>[] {
  return canaries.flatMap(([name, canary]) => (canary.kind === "script" ? [[name, canary] as const] : []));
}

// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html, https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const MAX_NAME = 64;

/** Raises BAD_CONFIG for canaries whose names would make names of resources too long, and for secrets that only a laptop has. */
export function checkCanaries({ config, deployment, names }: Omit<StackContext, "region">): void {
  for (const [name, canary] of Object.entries(config.canaries)) {
    const made = [names.of(`canary-${name}`)];
    if (canary.kind === "script") {
      // A role's name has its region; tokens are not among these names.
      const regions = canary.regions.length === 0 ? [deployment.region] : canary.regions;
      made.push(...regions.map((region) => names.role(`schedule-${scriptBundle(name)}`, region)));
    }
    const long = made.find((each) => each.length > MAX_NAME);
    if (long !== undefined) {
      const text = `canaries.${name} would make ${long}, which is longer than ${MAX_NAME} characters: shorten its name by ${long.length - MAX_NAME}`;
      throw new BelfryError("BAD_CONFIG", text);
    }
    const local = secretReferences(canary).find((reference) => parseSecretReference(reference)?.kind === "environment");
    if (local === undefined) continue;
    const text = `canaries.${name} needs ${local}, which deployed functions do not have: give a secret of Secrets Manager or a parameter`;
    throw new BelfryError("BAD_CONFIG", text);
  }
}

/** The references of a canary's secrets: those that it names, and those that stand in its texts. */
export function secretReferences(canary: CanaryConfig): string[] {
  const inTexts = [...JSON.stringify(canary).matchAll(/\$\{secret:([^${}]+)\}/g)].map(([, name = ""]) => name);
  return [
    ...new Set([...Object.values(canary.secrets), ...inTexts.filter((name) => !Object.hasOwn(canary.secrets, name))]),
  ];
}

/** Names of secrets in Secrets Manager, as AWS's blueprints write them: `${AWS_SECRET:name:key}`. Those in a blueprint's own file are not known here. */
export function namedSecrets(canary: CanaryConfig): string[] {
  return [...JSON.stringify(canary).matchAll(/\$\{AWS_SECRET:([^:${}]+)/g)].map(([, name = ""]) => name);
}

/** The roles by which a canary signs requests. */
export function signingRoles(canary: CanaryConfig): string[] {
  return [...JSON.stringify(canary).matchAll(/"roleArn":"(arn:[^"$]+)"/g)].map(([, arn = ""]) => arn);
}
