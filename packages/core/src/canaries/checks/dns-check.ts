import dns from "node:dns";
import { isIPv6 } from "node:net";
import type { CheckOf } from "../../config/canaries/multi-check.ts";
import type { Step } from "../context.ts";
import { CanaryFailure, failureOf } from "../failure.ts";
import { addressOf, type DnsFacts, type DnsRequest, probeDns } from "../probe/dns.ts";
import { rounded } from "../probe/phases.ts";
import type { CheckScope } from "./http-step.ts";
import { filledAssertion, judge, type Subject } from "./judge.ts";

type DnsAssertion = CheckOf<"dns">["assert"][number];

/** Asks for a name's records, and judges them. Raises CanaryFailure: `dns` when there is no answer, or it says that there is nothing. */
export async function runDnsCheck(
  config: CheckOf<"dns">,
  step: Step,
  scope: CheckScope,
  signal: AbortSignal,
): Promise<void> {
  const { context, variables } = scope;
  const domain = await context.fill(config.domain, variables);
  const server = await serverOf(config, scope);
  const request: DnsRequest = { domain, recordType: config.recordType, protocol: config.protocol, ...server };
  const facts = await answered(request, scope, signal);
  step.metric("DnsTime", "Milliseconds", rounded(facts.responseMs));
  const { responseMs: _responseMs, ...readable } = facts;
  step.detail("dns", readable);

  const countsNone = config.assert.some(({ on }) => on === "count");
  const isNothing = facts.rcode === "NXDOMAIN" || facts.records.length === 0;
  if (facts.rcode !== "NOERROR" && !(facts.rcode === "NXDOMAIN" && countsNone)) {
    throw new CanaryFailure("dns", `${server.nameserver} answers ${facts.rcode} for ${domain} ${config.recordType}`);
  }
  if (isNothing && !countsNone) throw new CanaryFailure("dns", `${domain} has no record of type ${config.recordType}`);
  const assertions = await Promise.all(config.assert.map((one) => filledAssertion(one, context, variables)));
  judge(assertions, (one) => subjectOf(one, facts), step);
}

async function serverOf(
  config: CheckOf<"dns">,
  { context, variables }: CheckScope,
): Promise<{ nameserver: string; port: number }> {
  if (config.nameserver !== undefined) {
    const host = await context.fill(config.nameserver, variables);
    context.network.checkHost(host);
    return { nameserver: await addressOf(host, context.network.lookup), port: config.port };
  }
  // The machine's own may have a link-local address, as in Lambda, which canaries may not name themselves.
  const own = dns.getServers()[0];
  if (own === undefined) throw new CanaryFailure("canary", "this machine has no name server: give the check one");
  const [, host = own, port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(isIPv6(own) ? `[${own}]` : own) ?? [];
  return { nameserver: host, port: port === undefined ? config.port : Number(port) };
}

/** What fails on the way to a name server is a failure of DNS, except that time is over. */
async function answered(request: DnsRequest, { context }: CheckScope, signal: AbortSignal): Promise<DnsFacts> {
  try {
    return await probeDns(request, context.random, signal);
  } catch (thrown) {
    const { class: failureClass, message } = failureOf(thrown);
    throw failureClass === "target"
      ? new CanaryFailure("dns", `${request.nameserver}: ${message}`, { cause: thrown })
      : thrown;
  }
}

function subjectOf({ on }: DnsAssertion, { records, authoritative, responseMs }: DnsFacts): Subject {
  switch (on) {
    case "value":
      return { name: "the records", values: records.map(({ value }) => value) };
    case "count":
      return { name: "the number of records", values: [records.length] };
    case "ttl":
      return { name: "the TTL in s", values: records.map(({ ttlSeconds }) => ttlSeconds), quantifier: "every" };
    case "authoritative":
      return { name: "authoritative", values: [authoritative] };
    case "responseTimeMs":
      return { name: "the response time in ms", values: [Math.round(responseMs)] };
  }
}
