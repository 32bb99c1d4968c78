import { systemClock } from "@belfry/core/platform/clock";
import { startXRayDaemon, type XRayDaemon } from "../xray-daemon.ts";
import { composeLocal, type LocalOptions, type LocalRuntime } from "./compose.ts";
import { FunctionHost } from "./function-host.ts";
import type { LocalSite } from "./local-aws.ts";

// The longest that a function may take. https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
const TIMEOUT_MS = 15 * 60_000;

/** The account and region of the local runtime. */
export const LOCAL_SITE: LocalSite = { account: "111122223333", region: "eu-central-1" };

export interface SessionOptions extends Omit<LocalOptions, "env"> {
  readonly env: NodeJS.ProcessEnv;
  /** UDP port of the stand-in of the X-Ray daemon; a free one when absent. */
  readonly xrayPort?: number;
}

/** Belfry in this process: what handlers run on, what invokes them, and what keeps their traces. */
export interface Session {
  readonly runtime: LocalRuntime;
  readonly host: FunctionHost;
  /** Where the stand-in of the X-Ray daemon listens. */
  readonly tracesAt: string;
  /** Ends it: everything that was written in the background is in its file. */
  close(): Promise<void>;
}

/** Starts a session. Raises BAD_CONFIG when a sink cannot be bound, UNAVAILABLE when the port is taken. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const daemon: XRayDaemon = await startXRayDaemon({
    folder: options.folder.traces,
    ...(options.xrayPort === undefined ? {} : { port: options.xrayPort }),
  });
  const env = { ...options.env, AWS_XRAY_DAEMON_ADDRESS: daemon.address };
  const runtime = await composeOrClose({ ...options, env }, daemon);
  const host = new FunctionHost({ ...LOCAL_SITE, timeoutMs: TIMEOUT_MS, clock: systemClock, env });
  return {
    runtime,
    host,
    tracesAt: daemon.address,
    close: async () => {
      await daemon.close();
      await runtime.settled();
    },
  };
}

/** An open socket would keep the process alive after the error. */
async function composeOrClose(options: LocalOptions, daemon: XRayDaemon): Promise<LocalRuntime> {
  try {
    return composeLocal(options);
  } catch (error) {
    await daemon.close();
    throw error;
  }
}
