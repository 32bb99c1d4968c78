import type { Score } from "./score.ts";

/** A score that does not know its set yet. */
export type CanaryScore = Omit<Score, "set" | "source" | "score">;

/** How one file of canaries is scored: its content as JSON, and where it is. Undefined when it is not of the scorer's shape. */
export type ScoreCanaryFile = (content: unknown, path: string) => Promise<CanaryScore | undefined>;
