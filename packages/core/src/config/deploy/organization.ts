import * as z from "zod";
import { distinct } from "./distinct.ts";

/** The AWS organization whose accounts send their logs and events. */
export const Organization = z.strictObject({
  id: z.string().regex(/^o-[a-z0-9]{10,32}$/, "an organization's id is written as in o-a1b2c3d4e5"),
  units: z
    .array(
      z
        .string()
        .regex(
          /^(r-[a-z0-9]{4,32}|ou-[a-z0-9]{4,32}-[a-z0-9]{8,32})$/,
          "a root or an organizational unit: r-… or ou-…",
        ),
    )
    .superRefine(distinct)
    .default([])
    .describe("where the collector is deployed by a StackSet; without any, deploy its template by hand"),
  callAs: z.enum(["DELEGATED_ADMIN", "SELF"]).default("DELEGATED_ADMIN").describe("SELF in the management account"),
});
