import * as z from "zod";
import { RETENTION_DAYS } from "./log-retention.ts";

/** The retention of a log group that is made: one of CloudWatch Logs' own numbers of days. */
export const RetentionDays = z.literal(RETENTION_DAYS);
