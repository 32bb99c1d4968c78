import * as z from "zod";
import { BelfryError } from "../platform/errors.ts";

const Cursor = z.strictObject({
  after: z.string().optional(),
  key: z.string().optional(),
  done: z.int().min(0).optional(),
});

/** Where a replay has got to: all objects up to `after` are done, and of the object `key` the first `done` parts. */
export type ReplayCursor = z.output<typeof Cursor>;

/** Sums over all invocations of one replay. */
export interface ReplayCounts {
  /** Objects that were read to their end. */
  objects: number;
  /** Records and delivery items that were put into the stream; a batch that failed counts by its stream records. */
  parts: number;
  /** Stream records that they were packed into. */
  streamRecords: number;
  /** Objects whose time is outside the asked range. */
  outside: number;
  /** Parts too large for a stream record: they stay where they are, and the log names them. */
  tooLarge: number;
  /** Objects, or rests of objects, that are not what the source holds; the log names them. */
  unreadable: number;
}

/** Nothing counted yet. */
export function noReplayCounts(): ReplayCounts {
  return { objects: 0, parts: 0, streamRecords: 0, outside: 0, tooLarge: 0, unreadable: 0 };
}

const Count = z.int().min(0);
const Time = z.iso.datetime({ offset: true, error: "a time is written as in 2026-11-22T03:00:00Z" });

// The fastest that one PutRecords call at a time makes sense of.
const MAX_RATE = 100_000;

const Request = z.strictObject({
  from: z.enum(["quarantine", "archive", "failed-batches"]),
  /** Keys to replay begin with it; that of the whole source when absent. */
  prefix: z.string().optional(),
  /** Arrival from then on; an hour counts when any of it is in the range. */
  start: Time.optional(),
  /** Arrival before then. */
  end: Time.optional(),
  /** Parts a second, at most. */
  rate: z.number().positive().max(MAX_RATE).default(1000),
  dryRun: z.boolean().default(false),
  cursor: Cursor.optional(),
  counts: z
    .strictObject({
      objects: Count,
      parts: Count,
      streamRecords: Count,
      outside: Count,
      tooLarge: Count,
      unreadable: Count,
    })
    .optional(),
});

/** What an invocation of `archive-replay` is asked for. */
export type ReplayRequest = z.output<typeof Request>;

/** The sources of a replay. */
export type ReplaySource = ReplayRequest["from"];

/** Reads the event of `archive-replay`; null stands for what is absent, as in the input of a state machine. Raises BAD_EVENT, naming the member. */
export function replayRequest(event: object): ReplayRequest {
  const members = Object.entries(event).filter(([, value]) => value !== null);
  const { data, error } = Request.safeParse(Object.fromEntries(members));
  if (data !== undefined) return data;
  throw new BelfryError("BAD_EVENT", `archive-replay cannot take this event: ${z.prettifyError(error)}`);
}
