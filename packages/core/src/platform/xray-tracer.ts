import { systemClock } from "./clock.ts";
import { formatTraceHeader, newTraceId, parseTraceHeader } from "./trace-header.ts";
import { noSpan, type Tracer } from "./tracer.ts";

export interface XRayOptions {
  /** AWS_XRAY_DAEMON_ADDRESS is read from here, whenever something is sent. */
  readonly env?: NodeJS.ProcessEnv;
  /** Told once when the SDK cannot be loaded; the work goes on without a trace. */
  readonly onFailure?: (thrown: unknown) => void;
  /** Loads the SDK. */
  readonly load?: typeof loadXRay;
}

/**
 * A tracer on the X-Ray SDK, which is loaded with the first sampled trace: an invocation that is not sampled pays nothing for it. Resolves
 * only when all of the trace is sent, so nothing is lost when Lambda freezes the process or it ends.
 */
export function xrayTracer(options: XRayOptions = {}): Tracer {
  const { env = process.env, onFailure, load: loadOnce = loadXRay } = options;
  const load = lazily(() => loadOnce(env), onFailure);
  return {
    async trace(name, header, annotations, work) {
      const { root, parent, sampled } = parseTraceHeader(header) ?? {};
      if (root === undefined || parent === undefined || !sampled) return work(noSpan);
      const xray = await load();
      if (xray === undefined) return work(noSpan);
      try {
        return await xray.runIn(xray.openInvocation(xray.sender, name, root, parent), annotations, work);
      } finally {
        await xray.sender.settled();
      }
    },
  };
}

/** The segment of an invocation, as Lambda itself makes it. */
export interface OpenSegment {
  /** To give to the invocation, as its context's `xrayTraceId`. */
  readonly header: string;
  /** Ends the segment, as failed when something is given, and resolves when it is sent. */
  close(thrown?: unknown): Promise<void>;
}

/**
 * Does Lambda's part for the local runtime: begins the segment of an invocation. The header is the caller's; without one a new trace begins,
 * sampled. Of a trace that is not sampled nothing is recorded, and the header goes on.
 */
export async function openSegment(
  name: string,
  header?: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<OpenSegment> {
  const caller = parseTraceHeader(header) ?? { root: newTraceId(systemClock), parent: undefined, sampled: true };
  if (!caller.sampled) return { header: formatTraceHeader(caller), close: async () => undefined };
  const { beginSegment, endSegment, sender } = await loadXRay(env);
  const segment = beginSegment(name, caller.root, caller.parent);
  return {
    header: formatTraceHeader({ root: caller.root, parent: segment.id, sampled: true }),
    close: async (thrown) => {
      endSegment(sender, segment, thrown);
      await sender.settled();
    },
  };
}

async function loadXRay(env: NodeJS.ProcessEnv) {
  const { beginSegment, endSegment, openInvocation, runIn } = await import("./xray-recorder.ts");
  const { XRaySender } = await import("./xray-sender.ts");
  return { beginSegment, endSegment, openInvocation, runIn, sender: new XRaySender(env) };
}

/** Loads once; after a failure, which is reported, it does not try again. */
function lazily<T>(load: () => Promise<T>, onFailure?: (thrown: unknown) => void): () => Promise<T | undefined> {
  let loading: Promise<T | undefined> | undefined;
  return () => {
    loading ??= load().catch((thrown: unknown) => {
      onFailure?.(thrown);
      return undefined;
    });
    return loading;
  };
}
