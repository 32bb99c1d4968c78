import type { VisualConfig } from "../../config/canaries/visual.ts";
import type { BrowserSession } from "../browser-port.ts";
import type { BaselineStore, RunContext, Step } from "../context.ts";
import { CanaryFailure } from "../failure.ts";
import type { RunKind } from "../kind.ts";
import { isInState, until } from "../page-checks.ts";
import { leaveErrorPage, loadPage } from "../page-load.ts";
import { boxOfCoordinates, type Judgement, type JudgeOptions, judgePicture } from "../visual/judge-picture.ts";
import { sizeOfPng } from "../visual/picture.ts";
import { settledPicture } from "../visual/take-picture.ts";

type Target = Exclude<VisualConfig["urls"][number], string>;

const DEFAULT_THRESHOLD = 0.1;

/** The page is loaded by then: an element that is still not visible does not come. */
const MAX_ELEMENT_MS = 5000;

// So many of what changed are named in the report.
const MAX_CLUSTERS = 20;

/** Compares a picture of each URL with its baseline, as a step. All are tried, so that one that changed does not hide the others; the run fails by the first. */
export const visual: RunKind<"visual"> = async (context) => {
  const { canary, baselines: store } = context;
  if (store === undefined) throw new CanaryFailure("canary", "there is no store for baselines here");
  const session = await context.browser();
  const failures: unknown[] = [];
  let unchanged = 0;
  for (const [index, entry] of canary.urls.entries()) {
    const target = typeof entry === "string" ? { url: entry } : entry;
    const url = await context.fill(target.url);
    try {
      await context.step(target.name ?? url, async (step) => {
        await look({ context, session, store, step, target }, url);
      });
      unchanged++;
    } catch (thrown) {
      // At the deadline there is no next one.
      context.signal.throwIfAborted();
      failures.push(thrown);
      if (index < canary.urls.length - 1) await leaveErrorPage(session.page);
    }
  }
  // CloudWatch's own two metrics. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_metrics.html
  context.metric("VisualMonitoringTotalComparisons", "Count", canary.urls.length);
  context.metric("VisualMonitoringSuccessPercent", "Percent", (unchanged / canary.urls.length) * 100);
  if (failures.length > 0) throw failures[0];
};

interface Look {
  readonly context: RunContext<VisualConfig>;
  readonly session: BrowserSession;
  readonly store: BaselineStore;
  readonly step: Step;
  readonly target: Target;
}

async function look({ context, session, store, step, target }: Look, url: string): Promise<void> {
  const { canary, signal } = context;
  const viewport = target.viewport ?? canary.viewport;
  const covered = [...canary.ignore.selectors, ...(target.ignore?.selectors ?? [])];
  await open(context, session, step, target, url);
  const { png, isSettled } = await settledPicture(context, session, {
    fullPage: target.fullPage ?? canary.fullPage ?? false,
    selector: target.selector ?? canary.selector,
    covered,
    settleMs: canary.settleMs,
    timeoutMs: Math.min(canary.stepTimeoutMs, MAX_ELEMENT_MS),
  });
  if (!isSettled) step.detail("unsettled", `the page went on changing for ${canary.settleMs} ms`);
  // Before it becomes a baseline that nothing can be compared with.
  sizeOfPng(png);
  const areas = [...canary.ignore.areas, ...(target.ignore?.areas ?? [])].map(boxOfCoordinates);
  const options: JudgeOptions = {
    threshold: target.threshold ?? canary.threshold ?? DEFAULT_THRESHOLD,
    antialiasing: target.antialiasing ?? canary.antialiasing ?? false,
    areas,
    hasCover: covered.length > 0,
    limits: { ...canary.limits, ...definedOf(target.limits ?? {}) },
  };
  const key = { canary: context.name, step: step.name, viewport, version: session.version };
  const judgement = await judgePicture(store, key, png, options, signal);
  tell(context, step, judgement, png);
  decide(canary, judgement, session.version);
}

async function open(
  context: RunContext<VisualConfig>,
  session: BrowserSession,
  step: Step,
  target: Target,
  url: string,
): Promise<void> {
  const { canary } = context;
  const timeoutMs = canary.stepTimeoutMs;
  await session.page.setViewportSize(target.viewport ?? canary.viewport);
  const { status } = await loadPage(context, session, step, url, { until: canary.until, timeoutMs });
  // The picture of an error must never become a baseline.
  if (status !== undefined && (status < 200 || status > 299)) {
    throw new CanaryFailure("assertion", `expected a status of 200-299, got ${status}`);
  }
  const waitFor = target.waitFor ?? canary.waitFor;
  if (waitFor === undefined) return;
  await until(context, session, isInState(session.page.locator(waitFor), "visible"), { timeoutMs });
}

function tell(context: RunContext, step: Step, judgement: Judgement, png: Uint8Array): void {
  const { comparison, verdict, comparedVersion, standing } = judgement;
  const number = String(step.number).padStart(2, "0");
  const keep = (what: string, body: Uint8Array | undefined) => {
    if (body === undefined) return;
    context.keep({ name: `${number}-${step.name}-${what}.png`, contentType: "image/png", body, step: step.name });
  };
  if (verdict !== "same") keep("actual", png);
  if (judgement.diff !== undefined) {
    keep("baseline", judgement.baseline);
    keep("diff", judgement.diff);
  }
  step.metric("ChangedPixels", "Count", comparison?.pixels ?? 0);
  step.detail("visual", {
    verdict,
    baseline: standing === "approved" ? standing : "first picture, not approved",
    ...(comparedVersion === undefined ? {} : { comparedWithBrowser: comparedVersion }),
    changedPixels: comparison?.pixels ?? 0,
    changedPercent: comparison?.percent ?? 0,
    maxInWindow: comparison?.densest.pixels ?? 0,
    clusters: comparison?.clusters.slice(0, MAX_CLUSTERS) ?? [],
    ...(comparison?.layout === undefined ? {} : { layout: comparison.layout }),
    ...(judgement.reasons.length === 0 ? {} : { reasons: judgement.reasons }),
  });
}

function decide(canary: VisualConfig, judgement: Judgement, version: string): void {
  const { verdict, reasons, standing } = judgement;
  if (verdict === "changed" && canary.failOnVariance) throw new CanaryFailure("assertion", reasons.join("; "));
  if (standing !== "first" || canary.withoutBaseline === "pass") return;
  const text = `no picture is approved for browser ${version}: look at the proposal, then run belfry canary approve`;
  throw new CanaryFailure("assertion", text);
}

/** Without the members that are not given, which would hide those that they are spread over. */
function definedOf<T extends object>(given: T): { [K in keyof T]-?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never;
}
