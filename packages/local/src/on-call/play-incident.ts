import { setTimeout as delay } from "node:timers/promises";
import { sampleIncident } from "../sample/incident.ts";
import type { LocalOnCall } from "./local-on-call.ts";

/** Lets the sources of the sample incident say what they have to say, each at its time; resolves at the end, or when the signal aborts. */
export async function playIncident(onCall: LocalOnCall, seed: number, signal: AbortSignal): Promise<void> {
  const startedMs = Date.now();
  for (const { afterMs, event } of sampleIncident(seed)) {
    await delay(Math.max(0, startedMs + afterMs - Date.now()), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    onCall.take(event(Date.now()));
  }
}

/** The same up to where it is open: for somebody to take it. */
export function playBeginning(onCall: LocalOnCall, seed: number): void {
  for (const { afterMs, event } of sampleIncident(seed)) if (afterMs === 0) onCall.take(event(Date.now()));
}
