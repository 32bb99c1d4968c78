import type { Sleep } from "../platform/retry.ts";

/** A signal that aborts by itself after a time, with a reason, unless it is cleared before. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Ends its timer; the signal stays as it is. */
  clear(): void;
}

/** Makes a deadline. It aborts with `outer` too, and then with the reason of that. */
export function deadlineAfter(delayMs: number, sleep: Sleep, reason: () => Error, outer?: AbortSignal): Deadline {
  const controller = new AbortController();
  const cleared = new AbortController();
  const onOuter = () => controller.abort(outer?.reason);
  if (outer?.aborted === true) onOuter();
  outer?.addEventListener("abort", onOuter, { once: true, signal: cleared.signal });
  void sleep(Math.max(0, delayMs), cleared.signal).then(() => {
    if (!cleared.signal.aborted) controller.abort(reason());
  });
  return { signal: controller.signal, clear: () => cleared.abort() };
}

/** What the work gives, or raises; or the signal's reason, as soon as that aborts, whether the work heeds it or not. */
export function endingWith<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    // Work that is given up may still fail: its rejection is taken here, and changes nothing any more.
    work
      .then(resolve, (thrown) => reject(signal.aborted ? signal.reason : thrown))
      .finally(() => signal.removeEventListener("abort", onAbort));
  });
}
