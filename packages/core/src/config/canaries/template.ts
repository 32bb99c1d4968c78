import * as z from "zod";

/** A text with `${name}` for variables and `${secret:name}` for secrets, filled in when it is used. */
export const Template = z.string().describe("may hold ${variable} and ${secret:name}");
