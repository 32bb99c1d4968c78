import type { HttpAssertionConfig, HttpStepConfig } from "../../config/canaries/http-step.ts";
import type { RunContext, Step } from "../context.ts";
import { CanaryFailure } from "../failure.ts";
import { type OnExchange, type ProbeAnswer, type ProbeRequest, probeHttp } from "../probe/http.ts";
import { headerOf } from "../probe/http-exchange.ts";
import { authorized } from "./authorize.ts";
import { extracted } from "./extract.ts";
import { jsonValues, parsedJson } from "./json-values.ts";
import { filledAssertion, judge, type Subject, type Variables } from "./judge.ts";

const SUCCESS: HttpAssertionConfig = { on: "status", between: [200, 299] };

/** What a check runs in: the attempt, and the values that earlier steps gave. */
export interface CheckScope {
  readonly context: RunContext;
  readonly variables: Variables;
  readonly onExchange: OnExchange;
}

/** Sends a step's request, judges its answer, and gives the variables that the step takes out of it. Raises CanaryFailure. */
export async function runHttpStep(
  config: HttpStepConfig,
  step: Step,
  scope: CheckScope,
): Promise<Record<string, string>> {
  const { context, variables, onExchange } = scope;
  if (config.waitMs > 0) await context.sleep(config.waitMs, step.signal);
  const plain = await filledRequest(config, context, variables);
  const request = await authorized(plain, config.auth, { ...scope, step });
  const answer = await probeHttp(request, context, step, onExchange);
  step.detail("status", answer.status);

  const saysStatus = config.assert.some(({ on }) => on === "status");
  const assertions = await Promise.all(config.assert.map((one) => filledAssertion(one, context, variables)));
  judge(saysStatus ? assertions : [SUCCESS, ...assertions], (one) => subjectOf(one, answer), step);
  return extracted(config.extract, answer, context, variables);
}

async function filledRequest(config: HttpStepConfig, context: RunContext, variables: Variables): Promise<ProbeRequest> {
  const headers = await filledMembers(config.headers, context, variables);
  const { method, timeoutMs, redirects, maxBodyBytes, allowSelfSigned, body } = config;
  const isJson = body !== undefined && typeof body !== "string";
  const hasType = Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
  return {
    method,
    url: await context.fill(config.url, variables),
    headers: isJson && !hasType ? { "Content-Type": "application/json", ...headers } : headers,
    ...(body === undefined ? {} : { body: await filledBody(body, context, variables) }),
    timeoutMs,
    redirects,
    maxBodyBytes,
    allowSelfSigned,
  };
}

async function filledBody(body: unknown, context: RunContext, variables: Variables): Promise<string> {
  return typeof body === "string"
    ? context.fill(body, variables)
    : JSON.stringify(await filledJson(body, context, variables));
}

/** Filled in value by value, so that a quotation mark in a secret does not break the JSON. */
async function filledJson(value: unknown, context: RunContext, variables: Variables): Promise<unknown> {
  if (typeof value === "string") return context.fill(value, variables);
  if (Array.isArray(value)) return Promise.all(value.map((item) => filledJson(item, context, variables)));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(async ([key, member]) => [
    key,
    await filledJson(member, context, variables),
  ]);
  return Object.fromEntries(await Promise.all(members));
}

async function filledMembers(
  members: Readonly<Record<string, string>>,
  context: RunContext,
  variables: Variables,
): Promise<Record<string, string>> {
  const entries = Object.entries(members).map(
    async ([name, value]) => [name, await context.fill(value, variables)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

function subjectOf(assertion: HttpAssertionConfig, answer: ProbeAnswer): Subject {
  switch (assertion.on) {
    case "status":
      return { name: "the status", values: [answer.status] };
    case "responseTimeMs":
      return { name: "the response time in ms", values: [Math.round(answer.totalMs)] };
    case "header": {
      const value = headerOf(answer.headers, assertion.name);
      return { name: `the header ${assertion.name}`, values: value === undefined ? [] : [value] };
    }
    case "body":
      return {
        name: "the body",
        values: [wholeBody(answer)].filter((body) => body !== "" || assertion.exists === undefined),
      };
    case "json":
      return { name: assertion.path, values: jsonValues(parsedJson(wholeBody(answer)), assertion.path) };
  }
}

function wholeBody({ body, isCut }: ProbeAnswer): string {
  if (isCut)
    throw new CanaryFailure("assertion", `the body is longer than ${body.length} bytes, the rest was not read`);
  return body.toString("utf8");
}
