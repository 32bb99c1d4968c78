/** A configuration that is synthesized, and the folder's name of what comes of it. */
export interface Profile {
  readonly name: string;
  /** By path from the repository's root. */
  readonly config: string;
}

/** Every profile that the repository has a complete configuration of. */
export const PROFILES: readonly Profile[] = [
  { name: "default", config: "belfry.config.ts" },
  { name: "minimal", config: "examples/minimal/belfry.config.ts" },
  { name: "organization", config: "examples/organization/belfry.config.ts" },
  { name: "canaries", config: "examples/canaries-aws/belfry.config.ts" },
  { name: "log-sources", config: "examples/log-sources/belfry.config.ts" },
];
