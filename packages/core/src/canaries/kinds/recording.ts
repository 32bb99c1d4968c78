import type { RecordingConfig } from "../../config/canaries/recording.ts";
import type { BrowserSession } from "../browser-port.ts";
import type { RunContext, Step } from "../context.ts";
import { CanaryFailure } from "../failure.ts";
import type { RunKind } from "../kind.ts";
import { failOnProblems } from "../page-checks.ts";
import { loadPage } from "../page-load.ts";
import { withAssertedEvents } from "../recorder/asserted-events.ts";
import { changeStep } from "../recorder/change-step.ts";
import { findPlace, type Place } from "../recorder/find-element.ts";
import { customStep, keyStep, networkStep, scrollStep, setViewportStep } from "../recorder/page-steps.ts";
import { clickStep, hoverStep } from "../recorder/pointer-steps.ts";
import { parseRecording, type RecordedStep, type UserFlow } from "../recorder/recording.ts";
import { waitForElementStep, waitForExpressionStep } from "../recorder/wait-steps.ts";

/** Plays a recording, each of its steps as one of the run's; after one that failed the others are skipped. */
export const recording: RunKind<"recording"> = async (context) => {
  const { file } = context.canary;
  const flow = parseRecording(await context.readText(file), file);
  const session = await context.browser();
  for (const [index, recorded] of flow.steps.entries()) {
    try {
      await context.step(nameOf(recorded), (step) => play({ context, session, step, flow, recorded }));
    } catch (thrown) {
      if (!context.signal.aborted) for (const later of flow.steps.slice(index + 1)) context.skip(nameOf(later));
      throw thrown;
    }
  }
};

interface Playing {
  readonly context: RunContext<RecordingConfig>;
  readonly session: BrowserSession;
  readonly step: Step;
  readonly flow: UserFlow;
  readonly recorded: RecordedStep;
}

/** What a step does, without the value that it types. */
function nameOf(step: RecordedStep): string {
  if (step.type === "navigate") return `navigate ${step.url}`;
  if (step.type === "keyDown" || step.type === "keyUp") return `${step.type} ${step.key}`;
  if (step.type === "customStep") return `customStep ${step.name}`;
  if (!("selectors" in step) || step.selectors === undefined) return step.type;
  return `${step.type} ${[step.selectors[0]].flat().join(" ")}`;
}

async function play(playing: Playing): Promise<void> {
  const { context, session, step, flow, recorded } = playing;
  const startedMs = context.clock.now();
  const timeoutMs = recorded.timeout ?? flow.timeout ?? context.canary.stepTimeoutMs;
  const url = (text: string) => mappedUrl(text, context.canary.origins);
  const where = { target: recorded.target, frame: "frame" in recorded ? recorded.frame : [] };
  const place = await findPlace({ context, session, step, timeoutMs }, where, url);
  await withAssertedEvents(place, recorded, url, () => act(place, recorded, url));
  if (!place.page.isClosed()) step.visited(place.page.url());
  await failOnProblems(context, session, context.canary.failOn, startedMs);
}

/** The URL at the origin where it is played. */
function mappedUrl(text: string, origins: RecordingConfig["origins"]): string {
  const parsed = URL.parse(text);
  if (parsed === null) return text;
  const found = Object.entries(origins).find(([recorded]) => new URL(recorded).origin === parsed.origin);
  return found === undefined ? text : new URL(parsed.href.slice(parsed.origin.length), found[1]).href;
}

async function act(place: Place, recorded: RecordedStep, url: (text: string) => string): Promise<void> {
  const { context, session, step, page, timeoutMs } = place;
  switch (recorded.type) {
    case "navigate": {
      const wanted = url(await context.fill(recorded.url));
      const { status } = await loadPage(context, session, step, wanted, { timeoutMs, page });
      if (status !== undefined && status >= 400) throw new CanaryFailure("assertion", `${wanted} answered ${status}`);
      return;
    }
    case "click":
    case "doubleClick":
      return clickStep(place, recorded);
    case "hover":
      return hoverStep(place, recorded);
    case "change":
      return changeStep(place, recorded);
    case "keyDown":
    case "keyUp":
      return keyStep(place, recorded);
    case "setViewport":
      return setViewportStep(place, recorded);
    case "scroll":
      return scrollStep(place, recorded);
    case "close":
      return page.close();
    case "emulateNetworkConditions":
      return networkStep(place, recorded);
    case "waitForElement":
      return waitForElementStep(place, recorded);
    case "waitForExpression":
      return waitForExpressionStep(place, recorded);
    case "customStep":
      return customStep(place, recorded);
  }
}
