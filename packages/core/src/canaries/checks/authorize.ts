import type { AuthConfig } from "../../config/canaries/http-step.ts";
import type { RunContext, Step } from "../context.ts";
import { CanaryFailure } from "../failure.ts";
import { type OnExchange, type ProbeRequest, probeHttp } from "../probe/http.ts";
import { parsedJson } from "./json-values.ts";
import type { Variables } from "./judge.ts";

type AuthOf<T extends AuthConfig["type"]> = Extract<AuthConfig, { readonly type: T }>;

/** What an authorization needs of its step. */
export interface AuthScope {
  readonly context: RunContext;
  readonly step: Step;
  readonly variables: Variables;
  readonly onExchange: OnExchange;
}

/** The request with what authorizes it among its headers; all of that is masked from then on. Raises CanaryFailure when a token is not given, or nothing can be signed. */
export async function authorized(
  request: ProbeRequest,
  auth: AuthConfig | undefined,
  scope: AuthScope,
): Promise<ProbeRequest> {
  if (auth === undefined) return request;
  const headers = await headersFor(request, auth, scope);
  return { ...request, headers: { ...request.headers, ...headers } };
}

async function headersFor(
  request: ProbeRequest,
  auth: AuthConfig,
  scope: AuthScope,
): Promise<Readonly<Record<string, string>>> {
  const { context, variables } = scope;
  const secret = async (template: string) => {
    const value = await context.fill(template, variables);
    context.mask(value);
    return value;
  };
  switch (auth.type) {
    case "basic":
      return basic(await context.fill(auth.username, variables), await secret(auth.password), context);
    case "bearer":
      return { Authorization: `Bearer ${await secret(auth.token)}` };
    case "api-key":
      return { [auth.header]: await secret(auth.key) };
    case "oauth":
      return oauth(auth, request, scope, secret);
    case "sigv4": {
      const url = new URL(request.url);
      const { method, headers, body = "" } = request;
      return context.sign({ method, url, headers: { ...headers, host: url.host }, body }, auth, context.signal);
    }
  }
}

function basic(username: string, password: string, context: RunContext): Record<string, string> {
  const pair = Buffer.from(`${username}:${password}`).toString("base64");
  context.mask(pair);
  return { Authorization: `Basic ${pair}` };
}

/** Asks for a token with the client's credentials. https://www.rfc-editor.org/rfc/rfc6749#section-4.4 */
async function oauth(
  auth: AuthOf<"oauth">,
  request: ProbeRequest,
  { context, step, variables, onExchange }: AuthScope,
  secret: (template: string) => Promise<string>,
): Promise<Record<string, string>> {
  const clientId = await context.fill(auth.clientId, variables);
  const clientSecret = await secret(auth.clientSecret);
  const form = new URLSearchParams({ grant_type: "client_credentials" });
  for (const name of ["scope", "audience", "resource"] as const) {
    if (auth[name] !== undefined) form.set(name, await context.fill(auth[name], variables));
  }
  if (auth.send === "body") {
    form.set("client_id", clientId);
    form.set("client_secret", clientSecret);
  }
  const url = await context.fill(auth.tokenUrl, variables);
  const answer = await probeHttp(
    {
      ...request,
      method: "POST",
      url,
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        Accept: "application/json",
        ...(auth.send === "header"
          ? basic(encodeURIComponent(clientId), encodeURIComponent(clientSecret), context)
          : {}),
      },
      body: form.toString(),
    },
    context,
    step,
    onExchange,
  );
  const token = answer.status === 200 ? tokenOf(answer.body.toString("utf8")) : undefined;
  if (token === undefined)
    throw new CanaryFailure("assertion", `${answer.url.host} gives no token: it answers ${answer.status}`);
  context.mask(token);
  return { Authorization: `Bearer ${token}` };
}

function tokenOf(body: string): string | undefined {
  const { access_token: token } = (parsedJson(body) ?? {}) as { access_token?: unknown };
  return typeof token === "string" ? token : undefined;
}
