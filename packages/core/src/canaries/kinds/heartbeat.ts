import type { HeartbeatConfig } from "../../config/canaries/heartbeat.ts";
import { messageOf } from "../../platform/errors.ts";
import type { BrowserSession } from "../browser-port.ts";
import type { RunContext, Step } from "../context.ts";
import { CanaryFailure } from "../failure.ts";
import type { RunKind } from "../kind.ts";
import { failOnProblems, hasText, isInState, until } from "../page-checks.ts";
import { leaveErrorPage, loadPage, timeLeft } from "../page-load.ts";
import { HarRecorder } from "../probe/har.ts";
import { type ProbeRequest, probeHttp } from "../probe/http.ts";

interface Target {
  readonly name: string;
  readonly url: string;
  readonly status: readonly (number | string)[];
  readonly text: string | undefined;
  readonly selector: string | undefined;
}

const DEFAULT_STATUS = ["200-299"];

// As many as Chromium follows. https://source.chromium.org/chromium/chromium/src/+/main:net/url_request/url_request.h
const MAX_REDIRECTS = 20;
/** What a page shows only after it was loaded, it must show within this. */
const MAX_RENDER_MS = 5000;
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Loads each URL as a step. All are tried, so that one that fails does not hide the others; the run fails by the first. */
export const heartbeat: RunKind<"heartbeat"> = async (context) => {
  const { canary } = context;
  const har = canary.browser ? undefined : new HarRecorder(context);
  const session = canary.browser ? await context.browser() : undefined;
  const failures: unknown[] = [];
  for (const [index, entry] of canary.urls.entries()) {
    const target = await targetOf(context, entry);
    const load = (step: Step) =>
      har === undefined
        ? inBrowser(context, session as BrowserSession, step, target)
        : withoutBrowser(context, step, target, har);
    try {
      await context.step(target.name, load);
    } catch (thrown) {
      // At the deadline there is no next one.
      context.signal.throwIfAborted();
      failures.push(thrown);
      if (session !== undefined && index < canary.urls.length - 1) await leaveErrorPage(session.page);
    }
  }
  if (failures.length > 0) throw failures[0];
};

async function targetOf(context: RunContext<HeartbeatConfig>, entry: HeartbeatConfig["urls"][number]): Promise<Target> {
  const { canary } = context;
  const own = typeof entry === "string" ? { url: entry } : entry;
  const { url, name = url, status = canary.status ?? DEFAULT_STATUS, selector = canary.selector } = own;
  const text = own.text ?? canary.text;
  return {
    name,
    url: await context.fill(url),
    status,
    text: text === undefined ? undefined : await context.fill(text),
    selector,
  };
}

async function inBrowser(
  context: RunContext<HeartbeatConfig>,
  session: BrowserSession,
  step: Step,
  target: Target,
): Promise<void> {
  const { canary, clock } = context;
  const startedMs = clock.now();
  const timeoutMs = canary.stepTimeoutMs;
  const loaded = await loadPage(context, session, step, target.url, { until: canary.until, timeoutMs });
  step.metric("PageLoad", "Milliseconds", clock.now() - startedMs);
  checkStatus(loaded.status, target);
  const { page } = session;
  const wait = { timeoutMs: Math.min(MAX_RENDER_MS, timeoutMs) };
  if (target.text !== undefined) await until(context, session, hasText(page.locator("body"), target.text, false), wait);
  if (target.selector !== undefined) {
    await until(context, session, isInState(page.locator(target.selector), "visible"), wait);
  }
  if (canary.phases) await measure(context, step, target, timeoutMs);
  await failOnProblems(context, session, canary.failOn, startedMs);
}

async function withoutBrowser(
  context: RunContext<HeartbeatConfig>,
  step: Step,
  target: Target,
  har: HarRecorder,
): Promise<void> {
  if (target.selector !== undefined) {
    throw new CanaryFailure("canary", "a selector needs the browser: leave out browser: false, or the selector");
  }
  const answer = await probeHttp(requestOf(context, target, context.canary.stepTimeoutMs), context, step, har.add);
  checkStatus(answer.status, target);
  if (target.text !== undefined && !answer.body.toString("utf8").includes(target.text)) {
    throw new CanaryFailure("assertion", `the answer does not have the text ${JSON.stringify(target.text)}`);
  }
}

function requestOf(context: RunContext, { url }: Target, timeoutMs: number): ProbeRequest {
  return {
    method: "GET",
    url,
    headers: {},
    timeoutMs: timeLeft(context, timeoutMs),
    redirects: MAX_REDIRECTS,
    maxBodyBytes: MAX_BODY_BYTES,
    allowSelfSigned: false,
  };
}

/** The page was loaded: that this second request fails says nothing of it. */
async function measure(context: RunContext, step: Step, target: Target, timeoutMs: number): Promise<void> {
  try {
    await probeHttp(requestOf(context, target, timeoutMs), context, step, () => undefined);
  } catch (thrown) {
    context.signal.throwIfAborted();
    context.logger.warn(`phases were not measured: ${messageOf(thrown)}`, { error: thrown });
  }
}

function checkStatus(status: number | undefined, target: Target): void {
  if (status !== undefined && target.status.some((expected) => isOf(status, expected))) return;
  const got = status === undefined ? "there was no answer" : `got ${status}`;
  throw new CanaryFailure("assertion", `expected a status of ${target.status.join(", ")}, ${got}`);
}

function isOf(status: number, expected: number | string): boolean {
  if (typeof expected === "number") return status === expected;
  const [from = 0, to = 0] = expected.split("-").map(Number);
  return status >= from && status <= to;
}
