import * as z from "zod";

// AWS's blueprint-config.json, as its documentation and its published JSON Schema describe it; where they differ, what either allows is accepted.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_WritingCanary_Multichecks.html

const MAX_AWS_STEPS = 10;
const MAX_AWS_VARIABLES = 10;

const Timeout = z
  .union([z.int().min(1000).max(300_000), z.string().regex(/^\$\{[A-Za-z]\w*\}$/)])
  .describe("milliseconds, or a variable");
const Host = z
  .string()
  .max(253)
  .regex(/^([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9.-]*[a-zA-Z0-9]|\$\{[a-zA-Z_]\w*\})$/, "no name of a host");
const Port = z.int().min(1).max(65_535);
const Encoding = z.enum(["UTF-8", "ASCII", "HEX"]).default("UTF-8");

/** An assertion of a type, with a description. */
function of<T extends string, S extends z.ZodRawShape>(type: T, shape: S) {
  return z.strictObject({ type: z.literal(type), description: z.string().optional(), ...shape });
}

const ResponseTime = of("RESPONSE_TIME", {
  operator: z.enum(["LESS_THAN", "GREATER_THAN", "EQUALS"]),
  value: z.number().min(0),
  unit: z.enum(["MILLISECONDS"]).default("MILLISECONDS"),
});

const NumberOperator = z.enum(["EQUALS", "GREATER_THAN", "LESS_THAN"]);
const Status = z.int().min(100).max(599);

const StatusCode = of("STATUS_CODE", {
  operator: z.enum(["EQUALS", "NOT_EQUALS", "GREATER_THAN", "LESS_THAN", "IN_RANGE"]),
  value: Status.optional(),
  rangeMin: Status.optional(),
  rangeMax: Status.optional(),
}).refine(
  ({ operator, value, rangeMin, rangeMax }) =>
    operator === "IN_RANGE" ? rangeMin !== undefined && rangeMax !== undefined : value !== undefined,
  "needs value, or with IN_RANGE rangeMin and rangeMax",
);

const Header = of("HEADER", {
  headerName: z.string(),
  operator: z.enum(["EQUALS", "NOT_EQUALS", "CONTAINS", "NOT_CONTAINS", "REGEX_MATCH", "EXIST"]),
  value: z.union([z.string(), z.boolean()]),
}).refine(({ operator, value }) => (operator === "EXIST") === (typeof value === "boolean"), {
  path: ["value"],
  message: "is true or false with EXIST, and a text with all others",
});

const Body = of("BODY", {
  target: z.enum(["JSON", "TEXT"]).default("JSON"),
  path: z.string().optional(),
  operator: z.enum(["CONTAINS", "NOT_CONTAINS", "EQUALS", "NOT_EQUALS", "EXISTS"]),
  value: z.union([z.string(), z.boolean()]),
})
  .refine(({ operator, value }) => (operator === "EXISTS") === (typeof value === "boolean"), {
    path: ["value"],
    message: "is true or false with EXISTS, and a text with all others",
  })
  .refine(({ target, path }) => target === "TEXT" || path !== undefined, "needs path, a JSONPath, with target JSON");

const Authentication = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("NONE") }),
  z.strictObject({ type: z.literal("BASIC"), username: z.string(), password: z.string() }),
  z.strictObject({ type: z.literal("API_KEY"), apiKey: z.string(), headerName: z.string().default("X-API-Key") }),
  z.strictObject({
    type: z.literal("OAUTH_CLIENT_CREDENTIALS"),
    tokenUrl: z.string(),
    clientId: z.string(),
    clientSecret: z.string(),
    scope: z.string().optional(),
    audience: z.string().optional(),
    resource: z.string().optional(),
    tokenApiAuth: z.array(z.enum(["BASIC_AUTH_HEADER", "REQUEST_BODY"])).optional(),
    tokenCacheTtl: z.int().min(60).optional().describe("of no effect: a run asks for its own token"),
  }),
  z.strictObject({ type: z.literal("SIGV4"), service: z.string(), region: z.string(), roleArn: z.string() }),
]);

const STEP = {
  stepName: z
    .string()
    .max(64)
    .regex(/^[a-zA-Z][a-zA-Z0-9_-]*$/, "begins with a letter, and has letters, digits, _ and -"),
  timeout: Timeout.optional(),
  extractors: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-zA-Z][a-zA-Z0-9_]*$/),
        type: z.enum(["BODY"]),
        path: z.string().optional(),
        regex: z.string().optional(),
        regexGroup: z.int().min(0).default(0),
      }),
    )
    .default([]),
};

const HttpCheck = z.strictObject({
  ...STEP,
  checkerType: z.literal("HTTP"),
  url: z.string(),
  httpMethod: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]),
  waitTime: z.int().min(0).max(60).default(0).describe("seconds, before the request"),
  headers: z.record(z.string().regex(/^[a-zA-Z][a-zA-Z0-9-_]*$/, "no name of a header"), z.string()).default({}),
  body: z.string().optional(),
  authentication: Authentication.optional(),
  assertions: z.array(z.discriminatedUnion("type", [StatusCode, ResponseTime, Header, Body])).default([]),
});

const DnsCheck = z.strictObject({
  ...STEP,
  checkerType: z.literal("DNS"),
  domain: Host,
  recordType: z.enum(["A", "CNAME", "MX", "TXT", "NS"]).default("A"),
  nameserver: Host.optional(),
  port: Port.default(53),
  protocol: z.enum(["UDP", "TCP"]).default("UDP"),
  assertions: z
    .array(
      z.discriminatedUnion("type", [
        of("RECORD_VALUE", {
          operator: z.enum(["EQUALS", "NOT_EQUALS", "CONTAINS", "NOT_CONTAINS", "REGEX_MATCH"]),
          value: z.string(),
        }),
        of("RECORD_COUNT", { operator: NumberOperator, value: z.int().min(0) }),
        of("TTL", { operator: NumberOperator, value: z.int().min(0) }),
        of("AUTHORITATIVE", { value: z.boolean() }),
        ResponseTime,
      ]),
    )
    .default([]),
});

const SslCheck = z.strictObject({
  ...STEP,
  checkerType: z.literal("SSL"),
  hostname: Host,
  port: Port.default(443),
  sni: z.boolean().default(true),
  verifyHostname: z.boolean().default(true),
  allowSelfSigned: z.boolean().default(false),
  assertions: z
    .array(
      z.discriminatedUnion("type", [
        of("CERTIFICATE_EXPIRY", {
          operator: z.enum(["GREATER_THAN", "LESS_THAN"]),
          value: z.int().min(0),
          unit: z.enum(["DAYS", "HOURS"]).default("DAYS"),
        }),
        of("CERTIFICATE_VALID", { value: z.boolean() }),
        of("CERTIFICATE_SUBJECT", {
          field: z.enum(["CN", "O", "OU", "C", "ST", "L"]),
          operator: z.enum(["CONTAINS", "EQUALS", "REGEX_MATCH"]),
          value: z.string(),
          regex: z.string().optional(),
        }),
        of("CERTIFICATE_ISSUER", {
          field: z.enum(["CN", "O"]),
          operator: z.enum(["CONTAINS", "EQUALS"]),
          value: z.string(),
        }),
        of("CIPHER_SUITE", { operator: z.enum(["CONTAINS", "NOT_CONTAINS"]), value: z.string() }),
        of("CERTIFICATE_TRANSPARENCY", { value: z.boolean() }),
      ]),
    )
    .default([]),
});

const TcpCheck = z.strictObject({
  ...STEP,
  checkerType: z.literal("TCP"),
  hostname: Host,
  port: Port,
  connectionTimeout: Timeout.optional(),
  readTimeout: Timeout.optional(),
  sendData: z.string().optional(),
  expectedResponse: z.string().optional(),
  encoding: Encoding,
  assertions: z
    .array(
      z.discriminatedUnion("type", [
        of("CONNECTION_SUCCESSFUL", { value: z.boolean() }),
        of("RESPONSE_DATA", {
          operator: z.enum(["CONTAINS", "EQUALS", "NOT_CONTAINS", "REGEX_MATCH", "STARTS_WITH", "ENDS_WITH"]),
          value: z.string(),
          encoding: Encoding,
        }),
        of("RESPONSE_SIZE", {
          operator: NumberOperator,
          value: z.number().min(0),
          unit: z.enum(["BYTES"]).default("BYTES"),
        }),
        ResponseTime,
      ]),
    )
    .default([]),
});

const Step = z.discriminatedUnion("checkerType", [HttpCheck, DnsCheck, SslCheck, TcpCheck]);

/** AWS's blueprint-config.json. Steps are numbered from "1"; of these at most ten, as in AWS: Belfry's own form has no such limit. */
export const Blueprint = z.strictObject({
  globalSettings: z.strictObject({ stepTimeout: Timeout.optional(), userAgent: z.string().optional() }).prefault({}),
  variables: z
    .record(z.string().regex(/^[a-zA-Z][a-zA-Z0-9_]*$/), z.string())
    .refine((variables) => Object.keys(variables).length <= MAX_AWS_VARIABLES, `at most ${MAX_AWS_VARIABLES} variables`)
    .default({}),
  steps: z
    .record(z.string().regex(/^([1-9]|10)$/, `a step's number is 1 to ${MAX_AWS_STEPS}`), Step)
    .refine((steps) => Object.keys(steps).length > 0, "needs a step"),
});

/** A blueprint with its defaults. */
export type BlueprintConfig = z.output<typeof Blueprint>;
export type BlueprintStep = z.output<typeof Step>;
/** The step of a type. */
export type BlueprintStepOf<T extends BlueprintStep["checkerType"]> = Extract<
  BlueprintStep,
  { readonly checkerType: T }
>;
