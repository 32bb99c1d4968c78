import * as z from "zod";
import { COMMON } from "./common.ts";

/** Checks of HTTP, DNS, TLS and TCP, one after the other, without a browser. */
export const MultiCheck = z.strictObject({
  ...COMMON,
  kind: z.literal("multi-check"),
});

/** A multi-check's configuration. */
export type MultiCheckConfig = z.output<typeof MultiCheck>;
