import { Deploy } from "@belfry/core/config/deploy/schema";
import type { Check, DoctorPorts, Verdict } from "@belfry/core/doctor/check";
import { doctorSettings } from "@belfry/core/doctor/settings";
import { AwsCallError } from "@belfry/core/platform/aws-call";
import type { LogGroupState } from "@belfry/core/platform/log-settings-client";
import type * as z from "zod";

export const ACCOUNT = "111122223333";

/** An account in which nothing is in the way, and in no organization. */
export function account(changes: Partial<DoctorPorts> = {}): DoctorPorts {
  return {
    callerIdentity: async () => ({ account: ACCOUNT, arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deployer/ann` }),
    organization: async () => undefined,
    trustedServices: async () => [],
    delegatedAdministrators: async () => [],
    hasHealthApi: async () => true,
    subscriptionPolicies: async () => [],
    logGroups: () => pagesOf([]),
    subscriptionFilters: async () => [],
    resourcePolicies: async () => [],
    activeExportTasks: async () => [],
    quota: async () => 1000,
    kinesisLimits: async () => ({ shardLimit: 500, shards: 0, onDemandStreamLimit: 50, onDemandStreams: 0 }),
    deliveryStreams: async () => [],
    stacks: async () => [],
    stackOutputs: async () => ({ BootstrapVersion: "33", Version: "7.4" }),
    ...changes,
  };
}

/** Log groups as a list gives them, 50 a page. */
export async function* pagesOf(groups: readonly LogGroupState[]): AsyncGenerator<readonly LogGroupState[]> {
  for (let i = 0; i < groups.length; i += 50) yield groups.slice(i, i + 50);
}

/** A refusal as the SDK throws it: an error whose name is the service's. */
export function refused(action: string, name = "AccessDeniedException"): AwsCallError {
  return new AwsCallError(action, Object.assign(new Error("refused by the test"), { name }));
}

/** Settings for stage `prod`, by default of one account in eu-west-1. */
export function settingsFor(deploy: z.input<typeof Deploy> = {}, regions: readonly string[] = []) {
  return doctorSettings(Deploy.parse({ region: "eu-west-1", globalEvents: false, ...deploy }), {
    stage: "prod",
    version: "1.2.0",
    regions,
  });
}

/** Runs one check in eu-west-1. */
export function run(
  check: Check,
  changes: Partial<DoctorPorts> = {},
  deploy: z.input<typeof Deploy> = {},
  region = "eu-west-1",
): Promise<readonly Verdict[]> {
  const { signal } = new AbortController();
  const identity = { account: ACCOUNT, arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deployer/ann` };
  return check.run({ settings: settingsFor(deploy), identity, region, ports: account(changes), signal });
}
