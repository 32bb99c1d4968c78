import { type Deployment, resolveDeployment } from "../config/deploy/deployment.ts";
import type { DeployConfig } from "../config/deploy/schema.ts";

/** What is to be deployed, and where: an account is looked at for this. */
export interface DoctorSettings {
  readonly stage: string;
  /** Belfry's version, which deployed stacks are compared with. */
  readonly version: string;
  /** Where the pipeline runs. */
  readonly homeRegion: string;
  /** All regions that are looked at, the home region among them. */
  readonly regions: readonly string[];
  readonly deployment: Deployment;
}

interface Wanted {
  readonly stage: string;
  readonly version: string;
  /** In place of the configuration's regions; the first is the home region unless the configured one is among them. */
  readonly regions?: readonly string[];
}

/** Settings of a configuration's deployment. Raises BAD_CONFIG for parts that exclude each other. */
export function doctorSettings(deploy: DeployConfig, { stage, version, regions = [] }: Wanted): DoctorSettings {
  const deployment = resolveDeployment(deploy);
  const [first = deployment.region] = regions;
  return {
    stage,
    version,
    homeRegion: regions.includes(deployment.region) ? deployment.region : first,
    regions: regions.length === 0 ? deployment.allRegions : [...new Set(regions)],
    deployment,
  };
}
