import type { Locator, Page } from "playwright-core";
import type { WorkflowConfig, WorkflowStep } from "../../config/canaries/workflow.ts";
import type { BrowserSession } from "../browser-port.ts";
import type { RunContext, Step } from "../context.ts";
import { CanaryFailure } from "../failure.ts";
import type { RunKind } from "../kind.ts";
import { doOn } from "../page-actions.ts";
import { failOnProblems, hasText, isInState, matches, until } from "../page-checks.ts";
import { loadPage } from "../page-load.ts";

/** Opens the first page, then does each step; after one that failed the others are skipped. */
export const workflow: RunKind<"workflow"> = async (context) => {
  const { canary } = context;
  const session = await context.browser();
  const first: WorkflowStep = { action: "goto", url: canary.url };
  const steps = [first, ...canary.steps];
  for (const [index, planned] of steps.entries()) {
    try {
      await context.step(planned.name ?? nameOf(planned), (step) => runStep({ context, session, step, planned }));
    } catch (thrown) {
      if (!context.signal.aborted)
        for (const later of steps.slice(index + 1)) context.skip(later.name ?? nameOf(later));
      throw thrown;
    }
  }
};

interface Running {
  readonly context: RunContext<WorkflowConfig>;
  readonly session: BrowserSession;
  readonly step: Step;
  readonly planned: WorkflowStep;
}

/** What a step does, without the values that it types. */
function nameOf(step: WorkflowStep): string {
  switch (step.action) {
    case "goto":
    case "expectUrl":
      return `${step.action} ${step.url}`;
    case "expectText":
      return `${step.action} ${step.text}`;
    case "expectTitle":
      return `${step.action} ${step.title}`;
    case "press":
      return `${step.action} ${step.key}`;
    case "screenshot":
      return `${step.action} ${step.file}`;
    default:
      return `${step.action} ${step.selector}`;
  }
}

async function runStep(running: Running): Promise<void> {
  const { context, session, step } = running;
  const startedMs = context.clock.now();
  const page = frontPage(session);
  await (isExpectation(running.planned) ? expectStep(running, page) : actStep(running, page));
  const front = frontPage(session);
  if (!front.isClosed()) step.visited(front.url());
  await failOnProblems(context, session, context.canary.failOn, startedMs);
}

/** A pop-up that a step opened is where the next one goes on, until it is closed. */
function frontPage({ page }: BrowserSession): Page {
  return page.context().pages().at(-1) ?? page;
}

type Expectation = Extract<WorkflowStep, { readonly action: `expect${string}` | "waitFor" }>;

function isExpectation(step: WorkflowStep): step is Expectation {
  return step.action.startsWith("expect") || step.action === "waitFor";
}

async function expectStep({ context, session, planned }: Running, page: Page): Promise<void> {
  const timeoutMs = planned.timeoutMs ?? context.canary.stepTimeoutMs;
  const expected = planned as Expectation;
  const fill = (template: string) => context.fill(template);
  const check = async () => {
    switch (expected.action) {
      case "waitFor":
        return isInState(page.locator(expected.selector), expected.state);
      case "expectSelector":
        return isInState(page.locator(expected.selector), expected.state, expected.count);
      case "expectText":
        return hasText(page.locator(expected.selector ?? "body"), await fill(expected.text), expected.absent);
      case "expectUrl":
        return matches("URL", await fill(expected.url), async () => page.url());
      default:
        return matches("title", await fill(expected.title), () => page.title());
    }
  };
  await until(context, session, await check(), { timeoutMs, page });
}

async function actStep({ context, session, step, planned }: Running, page: Page): Promise<void> {
  const timeoutMs = planned.timeoutMs ?? context.canary.stepTimeoutMs;
  const on = (selector: string, act: (element: Locator, timeout: number) => Promise<unknown>) =>
    doOn(context, session, page.locator(selector).first(), { timeoutMs, name: selector, act });
  switch (planned.action) {
    case "goto": {
      const base = page.url().startsWith("http") ? page.url() : await context.fill(context.canary.url);
      const url = URL.parse(await context.fill(planned.url), base)?.href;
      if (url === undefined) throw new CanaryFailure("canary", `${planned.url} is no URL`);
      const { status } = await loadPage(context, session, step, url, { timeoutMs, page });
      if (status !== undefined && status >= 400) throw new CanaryFailure("assertion", `${url} answered ${status}`);
      return;
    }
    case "click":
      return on(planned.selector, (element, timeout) =>
        planned.double ? element.dblclick({ timeout }) : element.click({ timeout }),
      );
    case "hover":
      return on(planned.selector, (element, timeout) => element.hover({ timeout }));
    case "fill":
    case "select":
      return typeValue(context, session, planned, on);
    case "press": {
      const { key, selector } = planned;
      if (selector === undefined) return page.keyboard.press(key);
      return on(selector, (element, timeout) => element.press(key, { timeout }));
    }
    case "screenshot": {
      const { file, fullPage, mask } = planned;
      const body = await session.screenshot({ fullPage, mask });
      context.keep({ name: `${file}.png`, contentType: "image/png", body });
    }
  }
}

type OnElement = (selector: string, act: (element: Locator, timeout: number) => Promise<unknown>) => Promise<void>;

async function typeValue(
  context: RunContext,
  session: BrowserSession,
  { action, selector, value: template }: Extract<WorkflowStep, { readonly action: "fill" | "select" }>,
  on: OnElement,
): Promise<void> {
  const value = await context.fill(template);
  await on(selector, (element, timeout) => {
    if (action === "select") return element.selectOption(value, { timeout });
    if (template.includes("${secret:")) session.conceal(element);
    return element.fill(value, { timeout });
  });
}
