import * as z from "zod";
import { assertion, comparesNothing, Expression } from "./comparison.ts";
import { Template } from "./template.ts";

/** CloudWatch Synthetics' own limit of an answer. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_MultiCheck_Blueprint.html */
const DEFAULT_MAX_BODY_BYTES = 1_048_576;

/** A step's name: what its metric is split by. */
export const StepName = z.string().min(1).max(255);

/** How long a step may take. */
export const TimeoutMs = z.int().min(100).max(300_000);

const HttpAssertion = z.discriminatedUnion("on", [
  assertion({ on: z.literal("status") }),
  assertion({ on: z.literal("responseTimeMs").describe("from the request to the end of its answer") }),
  assertion({ on: z.literal("header"), name: z.string().min(1) }),
  assertion({ on: z.literal("body") }),
  assertion({
    on: z.literal("json"),
    path: Template.describe(
      "JSONPath, RFC 9535; of several values one must be so, and with notEquals and notContains all",
    ),
  }),
]);

/** What an answer must be like. Without one on its status, that must be 200 to 299. */
const HttpAssertions = z.array(HttpAssertion).superRefine(comparesNothing).default([]);

const Extractor = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z]\w*$/)
    .describe("of the variable; later steps write ${name}"),
  from: z.enum(["body", "json", "header"]).default("json"),
  path: Template.optional().describe("JSONPath of the value, with from: json"),
  header: z.string().min(1).optional().describe("the header's name, with from: header"),
  matches: Expression.optional().describe("the part of the value that is taken"),
  group: z.int().min(0).default(0).describe("the group of the expression, 0 for all that matches"),
  secret: z.boolean().default(false).describe("masks the value from then on"),
});

const Auth = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("basic"), username: Template, password: Template }),
  z.strictObject({ type: z.literal("bearer"), token: Template }),
  z.strictObject({ type: z.literal("api-key"), header: z.string().min(1).default("X-API-Key"), key: Template }),
  z.strictObject({
    type: z.literal("oauth").describe("client credentials, RFC 6749 section 4.4"),
    tokenUrl: Template,
    clientId: Template,
    clientSecret: Template,
    scope: Template.optional(),
    audience: Template.optional(),
    resource: Template.optional(),
    send: z.enum(["header", "body"]).default("header").describe("where the client's id and secret stand"),
  }),
  z.strictObject({
    type: z.literal("sigv4"),
    service: z.string().min(1).describe("such as execute-api"),
    region: z.string().min(1),
    roleArn: z.string().optional().describe("the role that signs; the canary's own, unless given"),
  }),
]);

/** One request, and what its answer must be like. */
export const HTTP_STEP = {
  name: StepName,
  url: Template,
  method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]).default("GET"),
  headers: z.record(z.string().regex(/^[!#$%&'*+.^`|~\w-]+$/, "no name of a header"), Template).default({}),
  body: z
    .union([Template, z.record(z.string(), z.unknown()), z.array(z.unknown())])
    .optional()
    .describe("a text, or what is sent as JSON; templates within it are filled in"),
  auth: Auth.optional(),
  timeoutMs: TimeoutMs.default(10_000).describe("of the request with all its redirects"),
  waitMs: z.int().min(0).max(60_000).default(0).describe("before the request"),
  redirects: z.int().min(0).max(20).default(10).describe("that are followed; 0 takes the redirect for the answer"),
  maxBodyBytes: z
    .int()
    .min(0)
    .max(16_777_216)
    .default(DEFAULT_MAX_BODY_BYTES)
    .describe("what is read of the body; assertions on a longer one fail"),
  allowSelfSigned: z.boolean().default(false).describe("takes certificates that do not verify, too"),
  assert: HttpAssertions,
  extract: z.array(Extractor).default([]),
};

const HttpStep = z.strictObject(HTTP_STEP);

/** One request, and what its answer must be like. */
export type HttpStepConfig = z.output<typeof HttpStep>;
export type HttpAssertionConfig = z.output<typeof HttpAssertion>;
export type ExtractorConfig = z.output<typeof Extractor>;
export type AuthConfig = z.output<typeof Auth>;
