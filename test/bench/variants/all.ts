import type { Variant } from "./variant.ts";

/** All variants by name; each is loaded in its own process, so that none shares compiled code with another. */
export const VARIANTS = {
  product: async (): Promise<Variant> => (await import("./product.ts")).product(),
  reference: async (): Promise<Variant> => (await import("../reference/reference.ts")).reference,
  gunzip: async (): Promise<Variant> => (await import("./baselines.ts")).gunzip,
  decode: async (): Promise<Variant> => (await import("./baselines.ts")).decode,
  floor: async (): Promise<Variant> => (await import("./baselines.ts")).floor,
  aws: async (): Promise<Variant> => (await import("./aws.ts")).logsToElasticsearch(),
  powertools: async (): Promise<Variant> => (await import("./powertools.ts")).powertools,
} as const;

export type VariantName = keyof typeof VARIANTS;
