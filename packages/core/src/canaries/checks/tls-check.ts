import type { CheckOf } from "../../config/canaries/multi-check.ts";
import type { Step } from "../context.ts";
import { CanaryFailure } from "../failure.ts";
import { rounded } from "../probe/phases.ts";
import { probeTls, type TlsFacts, type TlsProblem } from "../probe/tls.ts";
import type { CheckScope } from "./http-step.ts";
import { filledAssertion, judge, type Subject } from "./judge.ts";

const DAY_MS = 86_400_000;

/** Looks at a server's certificate, and judges it. What it found is measured and reported also when the certificate is refused. Raises CanaryFailure of class `tls` for one that is not valid. */
export async function runTlsCheck(
  config: CheckOf<"tls">,
  step: Step,
  scope: CheckScope,
  signal: AbortSignal,
): Promise<void> {
  const { context, variables } = scope;
  const hostname = await context.fill(config.hostname, variables);
  context.network.checkHost(hostname);
  const { port, sni } = config;
  const { network, roots } = context;
  const facts = await probeTls({ hostname, port, sni, roots, lookup: network.lookup }, context.clock, signal);
  const problems = facts.problems.filter(({ kind }) => counts(kind, config));
  const leftDays = daysLeft(facts, context.clock.now());
  measure(facts, leftDays, step);
  step.detail("certificate", readable(facts));

  const isJudged = config.assert.some(({ on }) => on === "valid");
  const expectsInvalid = config.assert.some(({ on, equals }) => on === "valid" && equals === false);
  if (problems.length > 0 && !expectsInvalid)
    throw new CanaryFailure("tls", problems.map(({ message }) => message).join("; "));
  const assertions = await Promise.all(config.assert.map((one) => filledAssertion(one, context, variables)));
  const judged = isJudged && problems.length === 0;
  judge(assertions, (one) => subjectOf(one, facts, { valid: judged, leftDays: leftDays.earliest }), step);
}

function counts(kind: TlsProblem["kind"], config: CheckOf<"tls">): boolean {
  if (kind === "hostname") return config.verifyHostname;
  return !(config.allowSelfSigned && (kind === "self-signed" || kind === "chain"));
}

interface DaysLeft {
  readonly leaf: number;
  readonly earliest: number;
  readonly trusted?: number;
}

function daysLeft({ expiry: { leafMs, earliestMs, trustedMs } }: TlsFacts, nowMs: number): DaysLeft {
  const days = (endMs: number) => (endMs - nowMs) / DAY_MS;
  return {
    leaf: days(leafMs),
    earliest: days(earliestMs),
    ...(trustedMs === undefined ? {} : { trusted: days(trustedMs) }),
  };
}

function measure({ dnsMs, tcpMs, tlsMs }: TlsFacts, { leaf, earliest, trusted }: DaysLeft, step: Step): void {
  step.metric("CertificateDaysLeft", "None", rounded(leaf));
  step.metric("CertificateChainDaysLeft", "None", rounded(earliest));
  if (trusted !== undefined) step.metric("TrustedChainDaysLeft", "None", rounded(trusted));
  if (dnsMs !== undefined) step.metric("DnsTime", "Milliseconds", rounded(dnsMs));
  if (tcpMs !== undefined) step.metric("TcpTime", "Milliseconds", rounded(tcpMs));
  step.metric("TlsTime", "Milliseconds", rounded(tlsMs));
}

function readable({ leaf, expiry, protocol, cipher, chainLength, stapledOcsp, problems }: TlsFacts): object {
  const iso = (timeMs: number | undefined) => (timeMs === undefined ? null : new Date(timeMs).toISOString());
  return {
    subject: leaf.subject,
    issuer: leaf.issuer,
    alternativeNames: leaf.alternativeNames,
    notBefore: iso(leaf.notBeforeMs),
    notAfter: iso(leaf.notAfterMs),
    earliestNotAfter: iso(expiry.earliestMs),
    trustedUntil: iso(expiry.trustedMs),
    selfSigned: leaf.selfSigned,
    embeddedTimestamps: leaf.embeddedTimestamps,
    fingerprint256: leaf.fingerprint256,
    chainLength,
    protocol,
    cipher,
    stapledOcsp,
    problems,
  };
}

function subjectOf(
  assertion: CheckOf<"tls">["assert"][number],
  { leaf, cipher, protocol, totalMs }: TlsFacts,
  found: { readonly valid: boolean; readonly leftDays: number },
): Subject {
  switch (assertion.on) {
    case "expiryDays":
      return { name: "the days until the certificate ends", values: [found.leftDays] };
    case "valid":
      return { name: "valid", values: [found.valid] };
    case "subject":
    case "issuer": {
      const value = leaf[assertion.on][assertion.field];
      return { name: `${assertion.field} of the ${assertion.on}`, values: value === undefined ? [] : [value] };
    }
    case "cipher":
      return { name: "the cipher", values: [cipher] };
    case "protocol":
      return { name: "the protocol", values: [protocol] };
    case "transparency":
      return { name: "in transparency logs", values: [leaf.embeddedTimestamps > 0] };
    case "responseTimeMs":
      return { name: "the response time in ms", values: [Math.round(totalMs)] };
  }
}
