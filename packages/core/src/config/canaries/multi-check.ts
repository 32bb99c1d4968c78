import * as z from "zod";
import { Blueprint } from "./blueprint.ts";
import { COMMON } from "./common.ts";
import { assertion, comparesNothing } from "./comparison.ts";
import { HTTP_STEP, StepName, TimeoutMs } from "./http-step.ts";
import { Template } from "./template.ts";

const Port = z.int().min(1).max(65_535);
const Encoding = z.enum(["utf-8", "ascii", "hex"]);

const DnsCheck = z.strictObject({
  check: z.literal("dns"),
  name: StepName,
  domain: Template,
  recordType: z.enum(["A", "AAAA", "CNAME", "MX", "TXT", "NS", "SOA", "SRV", "CAA", "PTR"]).default("A"),
  nameserver: Template.optional().describe("the server that is asked; the machine's own, unless given"),
  port: Port.default(53),
  protocol: z.enum(["udp", "tcp"]).default("udp"),
  timeoutMs: TimeoutMs.default(5000),
  assert: z
    .array(
      z.discriminatedUnion("on", [
        assertion({
          on: z.literal("value").describe("one of the records; with notEquals and notContains all of them"),
        }),
        assertion({ on: z.literal("count") }),
        assertion({ on: z.literal("ttl").describe("seconds; all of the records") }),
        assertion({ on: z.literal("authoritative") }),
        assertion({ on: z.literal("responseTimeMs") }),
      ]),
    )
    .superRefine(comparesNothing)
    .default([])
    .describe("without any there must be a record"),
});

const TlsCheck = z.strictObject({
  check: z.literal("tls"),
  name: StepName,
  hostname: Template,
  port: Port.default(443),
  sni: z.boolean().default(true).describe("the name is said in the handshake"),
  verifyHostname: z.boolean().default(true),
  allowSelfSigned: z.boolean().default(false).describe("a chain that ends in no trusted root is taken, too"),
  timeoutMs: TimeoutMs.default(5000),
  assert: z
    .array(
      z.discriminatedUnion("on", [
        assertion({ on: z.literal("expiryDays").describe("until the first certificate of the chain ends") }),
        assertion({ on: z.literal("valid").describe("verified, of this host, and in its time") }),
        assertion({ on: z.literal("subject"), field: z.enum(["CN", "O", "OU", "C", "ST", "L"]) }),
        assertion({ on: z.literal("issuer"), field: z.enum(["CN", "O", "OU", "C", "ST", "L"]) }),
        assertion({ on: z.literal("cipher") }),
        assertion({ on: z.literal("protocol").describe("such as TLSv1.3") }),
        assertion({ on: z.literal("transparency").describe("the certificate has timestamps of transparency logs") }),
        assertion({ on: z.literal("responseTimeMs") }),
      ]),
    )
    .superRefine(comparesNothing)
    .default([])
    .describe("without one on valid, the certificate must be valid"),
});

const TcpCheck = z.strictObject({
  check: z.literal("tcp"),
  name: StepName,
  hostname: Template,
  port: Port,
  send: Template.optional(),
  expect: Template.optional().describe("what the answer must contain"),
  encoding: Encoding.default("utf-8").describe("of send and expect"),
  timeoutMs: TimeoutMs.default(5000),
  assert: z
    .array(
      z.discriminatedUnion("on", [
        assertion({ on: z.literal("connected") }),
        assertion({ on: z.literal("responseTimeMs") }),
        assertion({ on: z.literal("data"), encoding: Encoding.default("utf-8") }),
        assertion({ on: z.literal("size").describe("bytes of the answer") }),
      ]),
    )
    .superRefine(comparesNothing)
    .default([]),
});

const Check = z.discriminatedUnion("check", [
  z.strictObject({ check: z.literal("http"), ...HTTP_STEP }),
  DnsCheck,
  TlsCheck,
  TcpCheck,
]);

/** Checks of HTTP, DNS, TLS and TCP, one after the other, without a browser. A check that fails does not stop the next. */
export const MultiCheck = z
  .strictObject({
    ...COMMON,
    kind: z.literal("multi-check"),
    variables: z.record(z.string().regex(/^[A-Za-z]\w*$/), Template).default({}),
    checks: z.array(Check).max(1000).default([]),
    blueprint: z
      .union([z.string().min(1), Blueprint])
      .optional()
      .describe(
        "in place of checks: blueprint-config.json of CloudWatch Synthetics, or its path from the configuration",
      ),
  })
  .refine(
    ({ checks, blueprint }) => checks.length > 0 !== (blueprint !== undefined),
    "needs checks, or a blueprint, and not both",
  );

/** A multi-check's configuration. */
export type MultiCheckConfig = z.output<typeof MultiCheck>;
export type CheckConfig = z.output<typeof Check>;
/** The check of a kind. */
export type CheckOf<K extends CheckConfig["check"]> = Extract<CheckConfig, { readonly check: K }>;
