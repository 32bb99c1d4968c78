import type { Page } from "playwright-core";
import type { Artifact, Step } from "./context.ts";
import type { MetricUnit } from "./report.ts";

/** What a script sends besides its method and URL. */
export interface ScriptRequest {
  readonly headers?: Readonly<Record<string, string>>;
  /** A text, or what is sent as JSON. */
  readonly body?: unknown;
  /** Milliseconds, with all redirects; 10000 unless given. */
  readonly timeoutMs?: number;
  /** How many are followed; 10 unless given. */
  readonly redirects?: number;
}

/** An answer to a script's request; one of any status is an answer. */
export interface ScriptResponse {
  readonly status: number;
  /** 200 to 299. */
  readonly ok: boolean;
  /** After all redirects. */
  readonly url: string;
  /** Milliseconds, with all redirects. */
  readonly totalMs: number;
  /** The value of a header, by its name in any case. */
  header(name: string): string | undefined;
  text(): string;
  /** Raises a failure of class `assertion` for what is no JSON. */
  json(): unknown;
}

/** Sends requests without the browser; they are measured by phase, and kept as a HAR. */
export interface RequestClient {
  get(url: string, request?: ScriptRequest): Promise<ScriptResponse>;
  post(url: string, request?: ScriptRequest): Promise<ScriptResponse>;
  put(url: string, request?: ScriptRequest): Promise<ScriptResponse>;
  patch(url: string, request?: ScriptRequest): Promise<ScriptResponse>;
  delete(url: string, request?: ScriptRequest): Promise<ScriptResponse>;
  head(url: string, request?: ScriptRequest): Promise<ScriptResponse>;
}

/** What a script has to work with. */
export interface ScriptContext {
  /** The canary's name. */
  readonly name: string;
  readonly region: string;
  /** The canary's `variables`, filled in. */
  readonly variables: Readonly<Record<string, string>>;
  /** A page of a fresh browser, Playwright's own. Raises a failure where the canary says `browser: false`. https://playwright.dev/docs/api/class-page */
  readonly page: Page;
  readonly request: RequestClient;
  /** Aborts when the run's time is over. */
  readonly signal: AbortSignal;
  /** Runs a step: it is timed, reported, and pictured where there is a page. Steps stand one after the other, not within each other. */
  step<T>(name: string, body: (step: Step) => Promise<T>): Promise<T>;
  /** Fails the run when the condition does not hold: the class of the failure is `assertion`. */
  expect(condition: unknown, message: string): void;
  /** Keeps a file. */
  keep(artifact: Artifact): void;
  metric(name: string, unit: MetricUnit, value: number): void;
  /** A secret by its name in the canary's `secrets`; it is masked in all that the run leaves. */
  secret(name: string): Promise<string>;
  /** Writes to the run's log. */
  log(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A script: it passes by returning, and fails by raising. */
export type CanaryScript = (context: ScriptContext) => Promise<void>;

/**
 * Gives a script its types:
 *
 *     export const canary = defineCanary(async ({ page, step, expect }) => {
 *       await step("home", async () => {
 *         await page.goto("https://shop.example.com/");
 *         expect(await page.getByRole("heading").count(), "the home page has no heading");
 *       });
 *     });
 */
export function defineCanary(script: CanaryScript): CanaryScript {
  return script;
}
