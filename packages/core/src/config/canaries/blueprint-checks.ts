import type { BlueprintConfig, BlueprintStep, BlueprintStepOf } from "./blueprint.ts";
import type { ComparisonConfig } from "./comparison.ts";
import type { AuthConfig, HttpAssertionConfig } from "./http-step.ts";
import type { CheckConfig, CheckOf } from "./multi-check.ts";

// The default of AWS's published schema; its documentation says 30000 in one place and 5000 in another.
const DEFAULT_TIMEOUT_MS = 5000;

const HTTP_MAX_BODY_BYTES = 1_048_576;
const HTTP_REDIRECTS = 10;

const HOURS_PER_DAY = 24;

/** What each of AWS's operators is in Belfry's form. */
const OPERATORS = {
  EQUALS: "equals",
  NOT_EQUALS: "notEquals",
  CONTAINS: "contains",
  NOT_CONTAINS: "notContains",
  STARTS_WITH: "startsWith",
  ENDS_WITH: "endsWith",
  REGEX_MATCH: "matches",
  EXIST: "exists",
  EXISTS: "exists",
  GREATER_THAN: "greaterThan",
  LESS_THAN: "lessThan",
} as const satisfies Record<string, keyof ComparisonConfig>;

/** AWS's blueprint as Belfry's own checks, in the order of their numbers; names that come twice get a number. */
export function checksOfBlueprint(blueprint: BlueprintConfig): CheckConfig[] {
  const numbered = Object.entries(blueprint.steps).sort(([a], [b]) => Number(a) - Number(b));
  return numbered.map(([, step]) => checkOf(step, blueprint));
}

function checkOf(step: BlueprintStep, blueprint: BlueprintConfig): CheckConfig {
  const { globalSettings, variables } = blueprint;
  const timeoutMs = milliseconds(step.timeout ?? globalSettings.stepTimeout, variables);
  switch (step.checkerType) {
    case "HTTP":
      return httpCheck(step, timeoutMs, globalSettings.userAgent);
    case "DNS":
      return dnsCheck(step, timeoutMs);
    case "SSL":
      return tlsCheck(step, timeoutMs);
    case "TCP":
      return tcpCheck(step, timeoutMs, variables);
  }
}

/** A time-out may be a variable, as AWS's example shows; one that is no number falls back to the default. */
function milliseconds(value: number | string | undefined, variables: Readonly<Record<string, string>>): number {
  if (typeof value === "number") return value;
  const said = Number(variables[value?.slice("${".length, -"}".length) ?? ""] ?? Number.NaN);
  return Number.isFinite(said) && said > 0 ? said : DEFAULT_TIMEOUT_MS;
}

function httpCheck(step: BlueprintStepOf<"HTTP">, timeoutMs: number, userAgent: string | undefined): CheckOf<"http"> {
  return {
    check: "http",
    name: step.stepName,
    url: step.url,
    method: step.httpMethod,
    headers: { ...(userAgent === undefined ? {} : { "User-Agent": userAgent }), ...step.headers },
    ...(step.body === undefined ? {} : { body: step.body }),
    ...authOf(step.authentication),
    timeoutMs,
    waitMs: step.waitTime * 1000,
    redirects: HTTP_REDIRECTS,
    maxBodyBytes: HTTP_MAX_BODY_BYTES,
    allowSelfSigned: false,
    assert: step.assertions.map(httpAssertion),
    extract: step.extractors.map(({ name, path, regex, regexGroup }) => ({
      name,
      from: path === undefined ? ("body" as const) : ("json" as const),
      ...(path === undefined ? {} : { path }),
      ...(regex === undefined ? {} : { matches: regex }),
      group: regexGroup,
      secret: false,
    })),
  };
}

function httpAssertion(assertion: BlueprintStepOf<"HTTP">["assertions"][number]): HttpAssertionConfig {
  const { description } = assertion;
  const said = description === undefined ? {} : { description };
  switch (assertion.type) {
    case "STATUS_CODE": {
      const { operator, value = 0, rangeMin = 0, rangeMax = 0 } = assertion;
      const compared =
        operator === "IN_RANGE" ? { between: [rangeMin, rangeMax] as [number, number] } : compare(operator, value);
      return { on: "status", ...said, ...compared };
    }
    case "RESPONSE_TIME":
      return { on: "responseTimeMs", ...said, ...compare(assertion.operator, assertion.value) };
    case "HEADER":
      return { on: "header", name: assertion.headerName, ...said, ...compare(assertion.operator, assertion.value) };
    case "BODY": {
      const compared = compare(assertion.operator, assertion.value);
      return assertion.target === "TEXT"
        ? { on: "body", ...said, ...compared }
        : { on: "json", path: assertion.path ?? "$", ...said, ...compared };
    }
  }
}

function authOf(authentication: BlueprintStepOf<"HTTP">["authentication"]): { auth?: AuthConfig } {
  switch (authentication?.type) {
    case "BASIC":
      return { auth: { type: "basic", username: authentication.username, password: authentication.password } };
    case "API_KEY":
      return { auth: { type: "api-key", header: authentication.headerName, key: authentication.apiKey } };
    case "SIGV4": {
      const { service, region, roleArn } = authentication;
      return { auth: { type: "sigv4", service, region, roleArn } };
    }
    case "OAUTH_CLIENT_CREDENTIALS": {
      const { type: _type, tokenApiAuth = [], tokenCacheTtl: _tokenCacheTtl, ...client } = authentication;
      const send = tokenApiAuth.length > 0 && !tokenApiAuth.includes("BASIC_AUTH_HEADER") ? "body" : "header";
      return { auth: { type: "oauth", send, ...client } };
    }
    default:
      return {};
  }
}

function dnsCheck(step: BlueprintStepOf<"DNS">, timeoutMs: number): CheckOf<"dns"> {
  const { stepName, domain, recordType, nameserver, port, protocol, assertions } = step;
  return {
    check: "dns",
    name: stepName,
    domain,
    recordType,
    ...(nameserver === undefined ? {} : { nameserver }),
    port,
    protocol: protocol === "TCP" ? "tcp" : "udp",
    timeoutMs,
    assert: assertions.map((assertion) => {
      if (assertion.type === "AUTHORITATIVE") return { on: "authoritative", equals: assertion.value };
      const on = (
        { RECORD_VALUE: "value", RECORD_COUNT: "count", TTL: "ttl", RESPONSE_TIME: "responseTimeMs" } as const
      )[assertion.type];
      return { on, ...compare(assertion.operator, assertion.value) };
    }),
  };
}

function tlsCheck(step: BlueprintStepOf<"SSL">, timeoutMs: number): CheckOf<"tls"> {
  const { stepName, hostname, port, sni, verifyHostname, allowSelfSigned, assertions } = step;
  return {
    check: "tls",
    name: stepName,
    hostname,
    port,
    sni,
    verifyHostname,
    allowSelfSigned,
    timeoutMs,
    assert: assertions.map(tlsAssertion),
  };
}

function tlsAssertion(assertion: BlueprintStepOf<"SSL">["assertions"][number]): CheckOf<"tls">["assert"][number] {
  switch (assertion.type) {
    case "CERTIFICATE_EXPIRY": {
      const days = assertion.unit === "HOURS" ? assertion.value / HOURS_PER_DAY : assertion.value;
      return { on: "expiryDays", ...compare(assertion.operator, days) };
    }
    case "CERTIFICATE_VALID":
      return { on: "valid", equals: assertion.value };
    case "CERTIFICATE_TRANSPARENCY":
      return { on: "transparency", equals: assertion.value };
    case "CIPHER_SUITE":
      return { on: "cipher", ...compare(assertion.operator, assertion.value) };
    case "CERTIFICATE_SUBJECT": {
      // The schema allows the expression in a member of its own, besides the value.
      const expected = assertion.operator === "REGEX_MATCH" ? (assertion.regex ?? assertion.value) : assertion.value;
      return { on: "subject", field: assertion.field, ...compare(assertion.operator, expected) };
    }
    case "CERTIFICATE_ISSUER":
      return { on: "issuer", field: assertion.field, ...compare(assertion.operator, assertion.value) };
  }
}

function tcpCheck(
  step: BlueprintStepOf<"TCP">,
  timeoutMs: number,
  variables: Readonly<Record<string, string>>,
): CheckOf<"tcp"> {
  const { stepName, hostname, port, sendData, expectedResponse, assertions, connectionTimeout, readTimeout } = step;
  const parts = [connectionTimeout, readTimeout].filter((part) => part !== undefined);
  const partsMs = parts.reduce<number>((sum, part) => sum + milliseconds(part, variables), 0);
  return {
    check: "tcp",
    name: stepName,
    hostname,
    port,
    ...(sendData === undefined ? {} : { send: sendData }),
    ...(expectedResponse === undefined ? {} : { expect: expectedResponse }),
    encoding: encodingOf(step.encoding),
    timeoutMs: step.timeout === undefined && parts.length > 0 ? partsMs : timeoutMs,
    assert: assertions.map(tcpAssertion),
  };
}

function tcpAssertion(assertion: BlueprintStepOf<"TCP">["assertions"][number]): CheckOf<"tcp">["assert"][number] {
  switch (assertion.type) {
    case "CONNECTION_SUCCESSFUL":
      return { on: "connected", equals: assertion.value };
    case "RESPONSE_TIME":
      return { on: "responseTimeMs", ...compare(assertion.operator, assertion.value) };
    case "RESPONSE_SIZE":
      return { on: "size", ...compare(assertion.operator, assertion.value) };
    case "RESPONSE_DATA": {
      const encoding = encodingOf(assertion.encoding);
      return { on: "data", encoding, ...compare(assertion.operator, assertion.value) };
    }
  }
}

function encodingOf(encoding: "UTF-8" | "ASCII" | "HEX"): "utf-8" | "ascii" | "hex" {
  return ({ "UTF-8": "utf-8", ASCII: "ascii", HEX: "hex" } as const)[encoding];
}

function compare(operator: keyof typeof OPERATORS, value: string | number | boolean): ComparisonConfig {
  return { [OPERATORS[operator]]: value };
}
