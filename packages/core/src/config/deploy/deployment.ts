import type { DeployConfig } from "./schema.ts";
import { Search, type SearchConfig } from "./search.ts";

/** What is deployed, with the profile's choices filled in; stacks read this. */
export interface Deployment extends Omit<DeployConfig, "encryption" | "ingest" | "search"> {
  readonly encryption: "aws" | "customer";
  readonly ingest: DeployConfig["ingest"] & { readonly buffer: "none" | "provisioned" | "on-demand" };
  readonly search: SearchConfig;
  /** The home region and then all others. */
  readonly allRegions: readonly string[];
  /** Whether other accounts or regions send to this one, which takes a stream that they can reach. */
  readonly central: boolean;
}

/** Fills in what the profile decides. Parts that exclude each other were refused when the configuration was loaded. */
export function resolveDeployment(deploy: DeployConfig): Deployment {
  const organization = deploy.profile === "organization";
  const central = organization || deploy.regions.length > 0;
  const buffer = deploy.ingest.buffer ?? (central ? "on-demand" : "none");
  return {
    ...deploy,
    encryption: deploy.encryption ?? (organization ? "customer" : "aws"),
    ingest: { ...deploy.ingest, buffer },
    search: deploy.search ?? Search.parse({ type: organization ? "serverless" : "none" }),
    allRegions: [deploy.region, ...deploy.regions],
    central,
  };
}
