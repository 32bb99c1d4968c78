import * as z from "zod";
import { timeZone } from "../schedules/time-zone.ts";
import { refused } from "./refused.ts";
import { readTimeInterval } from "./time-interval.ts";

/** A time zone, by whose clock times are read. */
export const Zone = z
  .string()
  .superRefine(refused(timeZone))
  .describe("a time zone of the IANA database, such as Europe/Berlin");

/** Times that come back, such as working hours; all that is given must hold. https://prometheus.io/docs/alerting/latest/configuration/#time_interval-0 */
export const TimeInterval = z
  .strictObject({
    times: z
      .array(
        z.strictObject({
          start: z.string().describe("such as 09:00"),
          end: z.string().describe("such as 17:00, or 24:00; the first minute that is not in it"),
        }),
      )
      .default([]),
    weekdays: z.array(z.string()).default([]).describe("monday, or monday:friday; Sunday is the first day"),
    daysOfMonth: z.array(z.string()).default([]).describe("15, or 1:5, or -3:-1 for the last three"),
    months: z.array(z.string()).default([]).describe("may, or january:march, or 1:3"),
    years: z.array(z.string()).default([]).describe("2026, or 2026:2028"),
    zone: Zone.default("UTC"),
  })
  .superRefine(refused(readTimeInterval));
