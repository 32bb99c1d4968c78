/**
 * Why a canary's run failed. `assertion`: the target answered, and not as it should; `target`: it did not answer, or broke off; `dns`, `tls`, `timeout`: where it stopped on the way.
 * `browser` and `canary` are faults of the watcher's own: they say nothing of the target, neither that it is down nor that it is well.
 */
export const FAILURE_CLASSES = ["assertion", "target", "dns", "tls", "timeout", "browser", "canary"] as const;

/** One of the classes above. */
export type FailureClass = (typeof FAILURE_CLASSES)[number];
