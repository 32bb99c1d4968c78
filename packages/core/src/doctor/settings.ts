import { type Deployment, resolveDeployment } from "../config/deploy/deployment.ts";
import { Region } from "../config/deploy/names.ts";
import type { DeployConfig } from "../config/deploy/schema.ts";
import { checkStage } from "../config/deploy/stage.ts";
import { BelfryError } from "../platform/errors.ts";

/** What is to be deployed, and where: an account is looked at for this. */
export interface DoctorSettings {
  readonly stage: string;
  /** Belfry's version, which deployed stacks are compared with. */
  readonly version: string;
  /** Where the pipeline runs. */
  readonly homeRegion: string;
  /** The regions that logs come from, the home region among them. */
  readonly regions: readonly string[];
  /** Further regions, in which nothing stands but rules for the events of global services. */
  readonly eventRegions: readonly string[];
  readonly deployment: Deployment;
}

interface Wanted {
  readonly stage: string;
  readonly version: string;
  /** In place of the configuration's regions; the first is the home region unless the configured one is among them. */
  readonly regions?: readonly string[];
}

// https://docs.aws.amazon.com/health/latest/ug/choosing-a-region.html
const EVENT_REGIONS: readonly string[] = ["us-east-1", "us-west-2"];
const OTHER_PARTITION = /^(cn|us-gov|us-iso|eusc)/;

/** Settings of a configuration's deployment. Raises BAD_CONFIG for a stage or a region that cannot be. */
export function doctorSettings(deploy: DeployConfig, { stage, version, regions: given = [] }: Wanted): DoctorSettings {
  checkStage(stage);
  const odd = given.find((name) => !Region.safeParse(name).success);
  if (odd !== undefined) throw new BelfryError("BAD_CONFIG", `a region is written as in eu-west-1, got "${odd}"`);
  const deployment = resolveDeployment(deploy);
  const { region, globalEvents } = deployment;
  const [first = region] = given;
  const regions = given.length === 0 ? deployment.allRegions : [...new Set(given)];
  const hasEventRegions = globalEvents && given.length === 0 && !OTHER_PARTITION.test(region);
  return {
    stage,
    version,
    homeRegion: regions.includes(region) ? region : first,
    regions,
    eventRegions: hasEventRegions ? EVENT_REGIONS.filter((name) => !regions.includes(name)) : [],
    deployment,
  };
}
