import type { ScriptConfig } from "../../config/canaries/script.ts";
import { messageOf } from "../../platform/errors.ts";
import { parsedJson } from "../checks/json-values.ts";
import type { RunContext, Step } from "../context.ts";
import { CanaryFailure, classOfText, failureOf } from "../failure.ts";
import type { RunKind } from "../kind.ts";
import { HarRecorder } from "../probe/har.ts";
import { type ProbeAnswer, probeHttp } from "../probe/http.ts";
import { headerOf } from "../probe/http-exchange.ts";
import type { CanaryScript, RequestClient, ScriptContext, ScriptRequest, ScriptResponse } from "../script.ts";
import { filledVariables } from "./step-plan.ts";

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_REDIRECTS = 10;
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Runs a user's module. */
export const runScript: RunKind<"script"> = async (context) => {
  const script = await loaded(context);
  const page = context.canary.browser ? (await context.browser()).page : undefined;
  const requests = new ScriptRequests(context);
  const variables = await filledVariables(context.canary.variables, context);
  const given: ScriptContext = {
    name: context.name,
    region: context.region,
    variables,
    get page() {
      if (page === undefined) throw new CanaryFailure("canary", "there is no page: the canary says browser: false");
      return page;
    },
    request: requests.client,
    signal: context.signal,
    step: (name, body) => requests.step(name, body),
    expect: (condition, message) => {
      if (!condition) throw new CanaryFailure("assertion", message);
    },
    keep: (artifact) => void context.keep(artifact),
    metric: (name, unit, value) => context.metric(name, unit, value),
    secret: (name) => context.secret(name),
    log: (message, fields) => context.logger.info(message, fields),
  };
  await judged(() => script(given));
};

async function loaded(context: RunContext<ScriptConfig>): Promise<CanaryScript> {
  const { entry } = context.canary;
  const { canary } = ((await context.loadModule(entry)) ?? {}) as { readonly canary?: unknown };
  if (typeof canary === "function") return canary as CanaryScript;
  throw new CanaryFailure("canary", `${entry} exports no function named canary`);
}

/** JavaScript's own errors of this kind are mistakes of the script; any other that it raises by itself is its way to say what is wrong with the target. */
const MISTAKES = [TypeError, ReferenceError, SyntaxError, RangeError];

async function judged<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof CanaryFailure || MISTAKES.some((mistake) => thrown instanceof mistake)) throw thrown;
    if (failureOf(thrown).class !== "canary" || classOfText(messageOf(thrown)) !== undefined) throw thrown;
    throw new CanaryFailure("assertion", messageOf(thrown), { cause: thrown });
  }
}

/** The script's steps, and its requests within them; a request outside of any is a step of its own. */
class ScriptRequests {
  readonly #context: RunContext;
  readonly #har: HarRecorder;
  #current: Step | undefined;
  readonly client: RequestClient = {
    get: (url, request) => this.#send("GET", url, request),
    post: (url, request) => this.#send("POST", url, request),
    put: (url, request) => this.#send("PUT", url, request),
    patch: (url, request) => this.#send("PATCH", url, request),
    delete: (url, request) => this.#send("DELETE", url, request),
    head: (url, request) => this.#send("HEAD", url, request),
  };

  constructor(context: RunContext) {
    this.#context = context;
    this.#har = new HarRecorder(context);
  }

  step<T>(name: string, body: (step: Step) => Promise<T>): Promise<T> {
    return this.#context.step(name, async (step) => {
      this.#current = step;
      try {
        return await judged(() => body(step));
      } finally {
        this.#current = undefined;
      }
    });
  }

  #send(method: string, url: string, request: ScriptRequest = {}): Promise<ScriptResponse> {
    const current = this.#current;
    if (current !== undefined) return this.#answer(method, url, request, current);
    const name = `${method} ${URL.parse(url)?.pathname ?? url}`;
    return this.step(name, (step) => this.#answer(method, url, request, step));
  }

  async #answer(method: string, url: string, request: ScriptRequest, step: Step): Promise<ScriptResponse> {
    const { headers = {}, body, timeoutMs = DEFAULT_TIMEOUT_MS, redirects = DEFAULT_REDIRECTS } = request;
    const isText = body === undefined || typeof body === "string";
    const probe = {
      method,
      url,
      headers: isText ? headers : { "Content-Type": "application/json", ...headers },
      body: isText ? body : JSON.stringify(body),
      timeoutMs,
      redirects,
      maxBodyBytes: MAX_BODY_BYTES,
      allowSelfSigned: false,
    };
    return responseOf(await probeHttp(probe, this.#context, step, this.#har.add));
  }
}

function responseOf(answer: ProbeAnswer): ScriptResponse {
  const { status, url, totalMs, headers, body } = answer;
  return {
    status,
    ok: status >= 200 && status <= 299,
    url: url.href,
    totalMs,
    header: (name) => headerOf(headers, name),
    text: () => body.toString("utf8"),
    json: () => parsedJson(body.toString("utf8")),
  };
}
