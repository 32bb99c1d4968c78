import { runMultiCheck } from "@belfry/core/canaries/kinds/multi-check";
import type { RunnerPorts } from "@belfry/core/canaries/run";
import type { CanaryInput } from "@belfry/core/config/canaries/schema";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ranCanary } from "../support/canary-run.ts";
import { type FaultSite, startFaultSite } from "../support/fault-site.ts";

type MultiCheckInput = Extract<CanaryInput, { kind: "multi-check" }>;
type CheckInput = NonNullable<MultiCheckInput["checks"]>[number];

let site: FaultSite;
beforeAll(async () => {
  site = await startFaultSite();
});
afterAll(() => site.close());

const ran = (canary: Partial<MultiCheckInput>, ports: Partial<RunnerPorts> = {}) =>
  ranCanary(
    { kind: "multi-check", retries: { max: 0 }, ...canary },
    { kinds: { "multi-check": runMultiCheck }, lookup: site.lookup, roots: site.roots, ...ports },
  );
const port = (url: string) => Number(new URL(url).port);

describe("DNS", () => {
  const check = (more: object): CheckInput =>
    ({
      check: "dns",
      name: "dns",
      domain: "shop.test",
      nameserver: "127.0.0.1",
      port: site.dnsPort,
      timeoutMs: 300,
      ...more,
    }) as CheckInput;

  test.each([
    [
      "an address",
      {
        assert: [
          { on: "value", equals: "192.0.2.2" },
          { on: "count", equals: 2 },
          { on: "ttl", between: [60, 60] },
          { on: "authoritative", equals: true },
        ],
      },
    ],
    ["an address by TCP", { protocol: "tcp", assert: [{ on: "value", startsWith: "192.0.2." }] }],
    ["a mail server", { recordType: "MX", assert: [{ on: "value", equals: "10 mail.shop.test" }] }],
    ["a text in parts", { recordType: "TXT", assert: [{ on: "value", equals: "v=spf1 -all" }] }],
    ["an alias", { domain: "www.shop.test.", recordType: "CNAME", assert: [{ on: "value", equals: "shop.test" }] }],
    ["an answer that does not fit in UDP", { domain: "big.test", assert: [{ on: "count", equals: 80 }] }],
    ["a name that must not be", { domain: "missing.test", assert: [{ on: "count", equals: 0 }] }],
    ["a name server by its name", { nameserver: "ns.test" }],
  ])("finds %s", async (_name, more) => {
    const { report } = await ran({ checks: [check(more)] });
    expect(report.failure).toBeUndefined();
    expect(report.metrics).toMatchObject([{ name: "DnsTime" }]);
  });

  test.each([
    ["a name that is not", { domain: "missing.test" }, "dns", "NXDOMAIN"],
    ["a server that fails", { domain: "failing.test" }, "dns", "SERVFAIL"],
    ["no record of the type", { recordType: "AAAA" }, "dns", "no record"],
    ["no answer", { domain: "silent.test" }, "timeout", "300 ms"],
    ["no answer by TCP", { domain: "silent.test", protocol: "tcp" }, "dns", "without an answer"],
    ["a server that is not there", { nameserver: "127.0.0.1", port: 1, protocol: "tcp" }, "dns", "ECONNREFUSED"],
    ["another value", { assert: [{ on: "value", notContains: "192" }] }, "assertion", "notContains"],
    ["a link-local server", { nameserver: "169.254.169.253" }, "canary", "169.254.169.253"],
  ])("fails by %s", async (_name, more, expected, said) => {
    const { report } = await ran({ checks: [check(more)] });
    expect(report.failure).toMatchObject({ class: expected, message: expect.stringContaining(said) });
  });
});

describe("TLS", () => {
  const check = (url: string, more: object = {}): CheckInput =>
    ({ check: "tls", name: "tls", hostname: "localhost", port: port(url), ...more }) as CheckInput;

  test("reads a good certificate: its days, by leaf, chain and trusted chain, and what else it says", async () => {
    const { report } = await ran({
      checks: [
        check(site.https, {
          assert: [
            { on: "valid", equals: true },
            { on: "expiryDays", between: [59, 61] },
            { on: "subject", field: "CN", equals: "localhost" },
            { on: "issuer", field: "O", contains: "Belfry" },
            { on: "cipher", contains: "AES" },
            { on: "protocol", equals: "TLSv1.3" },
            { on: "transparency", equals: true },
          ],
        }),
      ],
    });
    expect(report.failure).toBeUndefined();
    const days = Object.fromEntries(report.metrics.map(({ name, value }) => [name, Math.round(value)]));
    expect(days).toMatchObject({ CertificateDaysLeft: 60, CertificateChainDaysLeft: 60, TrustedChainDaysLeft: 60 });
    expect(report.steps[0]?.details?.certificate).toMatchObject({
      embeddedTimestamps: 2,
      problems: [],
      selfSigned: false,
    });
  });

  test("measures a certificate that it refuses", async () => {
    const { report } = await ran({ checks: [check(site.expired)] });
    expect(report.failure).toMatchObject({ class: "tls", message: expect.stringContaining("ended") });
    expect(report.metrics.find(({ name }) => name === "CertificateDaysLeft")?.value).toBeCloseTo(-1, 1);
    expect(report.steps[0]?.details?.certificate).toMatchObject({ problems: [{ kind: "expired" }] });
  });

  test.each([
    ["another host's", () => check(site.wrongHost), "hostname"],
    ["a self-signed", () => check(site.selfSigned), "self-signed"],
  ])("refuses %s certificate, unless it is told to take it", async (_name, made, kind) => {
    const refused = await ran({ checks: [made()] });
    expect(refused.report.failure?.class).toBe("tls");
    expect(refused.report.steps[0]?.details?.certificate).toMatchObject({ problems: [{ kind }] });
    const lenient = { ...made(), verifyHostname: false, allowSelfSigned: true } as CheckInput;
    expect((await ran({ checks: [lenient] })).report.outcome).toBe("passed");
    const expected = { ...made(), assert: [{ on: "valid", equals: false }] } as CheckInput;
    expect((await ran({ checks: [expected] })).report.outcome).toBe("passed");
  });

  test("knows of a date by the run's clock", async () => {
    const clock = { now: () => Date.now() + 90 * 86_400_000 };
    expect((await ran({ checks: [check(site.https)] }, { clock })).report.failure).toMatchObject({ class: "tls" });
  });

  test("fails where none is spoken, and where nobody listens", async () => {
    expect((await ran({ checks: [check(site.brokenTls)] })).report.failure?.class).toBe("tls");
    expect((await ran({ checks: [check(site.refused)] })).report.failure?.class).toBe("target");
    expect(
      (await ran({ checks: [{ ...check(site.https), hostname: "a.invalid" } as CheckInput] })).report.failure?.class,
    ).toBe("dns");
  });
});

describe("TCP", () => {
  const check = (more: object): CheckInput =>
    ({ check: "tcp", name: "tcp", hostname: "localhost", port: site.tcpPort, timeoutMs: 300, ...more }) as CheckInput;

  test.each([
    ["a connection", {}],
    ["an answer", { send: "PING", expect: "+PING" }],
    ["bytes", { send: "0x50 49", expect: "2B:50:49", encoding: "hex" }],
    [
      "assertions on the answer",
      {
        send: "PING",
        assert: [
          { on: "data", startsWith: "+" },
          { on: "size", equals: 5 },
          { on: "responseTimeMs", lessThan: 300 },
          { on: "connected", equals: true },
        ],
      },
    ],
    ["nobody where nobody must be", { port: 1, assert: [{ on: "connected", equals: false }] }],
  ])("passes by %s", async (_name, more) => {
    const { report } = await ran({ checks: [check(more)] });
    expect(report.failure).toBeUndefined();
  });

  test.each([
    ["another answer", { send: "PING", expect: "PONG" }, "assertion"],
    ["no answer", { send: "hang", expect: "+" }, "timeout"],
    ["an end without an answer", { send: "bye", expect: "+" }, "assertion"],
    ["nobody", { port: 1 }, "target"],
    ["a name that is not", { hostname: "a.invalid" }, "dns"],
    ["the metadata service", { hostname: "169.254.169.254", port: 80 }, "canary"],
  ])("fails by %s", async (_name, more, expected) => {
    expect((await ran({ checks: [check(more)] })).report.failure?.class).toBe(expected);
  });
});

test("a check that fails does not stop the next, but those that need what it did not give", async () => {
  const http = (name: string, path: string, more: object = {}) =>
    ({ check: "http", name, url: `${site.http}${path}`, ...more }) as CheckInput;
  const { report } = await ran({
    checks: [
      http("first", "/error", { extract: [{ name: "id", path: "$.id" }] }),
      http("second", "/ok?id=${id}"),
      http("third", "/ok"),
      http("fourth", "/reset"),
    ],
  });
  expect(report.steps.map(({ status }) => status)).toEqual(["failed", "skipped", "passed", "failed"]);
  expect(report.failure).toMatchObject({
    class: "assertion",
    message: expect.stringContaining("2 of 4 steps failed: first:"),
  });
});

test("a blueprint is read from its file, with AWS's names of secrets", async () => {
  const blueprint = {
    variables: { base: site.http, key: "${AWS_SECRET:shop:key}" },
    steps: {
      "1": {
        stepName: "echo",
        checkerType: "HTTP",
        url: "${base}/echo",
        httpMethod: "POST",
        authentication: { type: "API_KEY", apiKey: "${key}" },
        assertions: [{ type: "BODY", path: "$.headers['x-api-key']", operator: "EQUALS", value: "${key}" }],
      },
    },
  };
  const named: string[] = [];
  const { report, files } = await ran(
    { blueprint: "blueprint-config.json" },
    {
      readText: async () => JSON.stringify(blueprint),
      readNamedSecret: async (name, key) => {
        named.push(`${name} ${key}`);
        return "aws-secret-value";
      },
    },
  );
  expect(report.failure).toBeUndefined();
  expect(named).toEqual(["shop key"]);
  expect([...files.values()].join("")).not.toContain("aws-secret-value");
  const broken = await ran({ blueprint: "a.json" }, { readText: async () => "{}" });
  expect(broken.report.failure).toMatchObject({
    class: "canary",
    message: expect.stringContaining("a.json is no blueprint"),
  });
});
