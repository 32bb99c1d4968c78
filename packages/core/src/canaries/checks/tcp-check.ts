import type { CheckOf } from "../../config/canaries/multi-check.ts";
import type { Step } from "../context.ts";
import { CanaryFailure, failureOf } from "../failure.ts";
import { rounded } from "../probe/phases.ts";
import { probeTcp, type TcpFacts } from "../probe/tcp.ts";
import { brokenComparison } from "./compare.ts";
import type { CheckScope } from "./http-step.ts";
import { filledAssertion, judge, type Subject } from "./judge.ts";

type TcpAssertion = CheckOf<"tcp">["assert"][number];
type Encoding = CheckOf<"tcp">["encoding"];

/** Connects, says something, and judges what comes back. Raises CanaryFailure: `timeout` when nothing came, `assertion` when something else did. */
export async function runTcpCheck(
  config: CheckOf<"tcp">,
  step: Step,
  scope: CheckScope,
  signal: AbortSignal,
): Promise<void> {
  const { context, variables } = scope;
  const hostname = await context.fill(config.hostname, variables);
  context.network.checkHost(hostname);
  const send =
    config.send === undefined ? undefined : bytesOf(await context.fill(config.send, variables), config.encoding);
  const assertions = await Promise.all(config.assert.map((one) => filledAssertion(one, context, variables)));
  const wanted =
    config.expect === undefined ? [] : [expectation(await context.fill(config.expect, variables), config.encoding)];
  const onData = [...wanted, ...assertions].filter(({ on }) => on === "data" || on === "size");
  const isEnough = onData.length === 0 ? undefined : (received: Buffer) => onData.every((one) => isMet(one, received));

  const { lookup } = context.network;
  const facts = await probeTcp({ hostname, port: config.port, send, isEnough, lookup }, signal);
  if (facts.connectMs !== undefined) step.metric("TcpTime", "Milliseconds", rounded(facts.connectMs));
  step.detail("tcp", { connected: facts.connected, receivedBytes: facts.received.length });
  refuseUnlessExpected(facts, config, `${hostname}:${config.port}`);
  judge([...wanted, ...assertions], (one) => subjectOf(one, facts), step);
}

function expectation(text: string, encoding: Encoding): TcpAssertion {
  return { on: "data", encoding, contains: encoding === "hex" ? hexDigits(text) : text };
}

/** A connection that fails, or answers nothing, is a failure of its own class, unless it is what the check expects. */
function refuseUnlessExpected(facts: TcpFacts, config: CheckOf<"tcp">, place: string): void {
  const expectsNone = config.assert.some(({ on, equals }) => on === "connected" && equals === false);
  if (!facts.connected && !expectsNone) {
    const { class: failureClass, message } = failureOf(facts.error);
    throw new CanaryFailure(failureClass, `no connection to ${place}: ${message}`, { cause: facts.error });
  }
  if (facts.connected && facts.received.length === 0 && facts.error !== undefined) {
    const { class: failureClass, message } = failureOf(facts.error);
    throw new CanaryFailure(failureClass, `${place} answers nothing: ${message}`, { cause: facts.error });
  }
}

function isMet(assertion: TcpAssertion, received: Buffer): boolean {
  const { name, values } = subjectOf(assertion, { received });
  return brokenComparison(name, values, assertion) === undefined;
}

function subjectOf(assertion: TcpAssertion, facts: Pick<TcpFacts, "received"> & Partial<TcpFacts>): Subject {
  switch (assertion.on) {
    case "connected":
      return { name: "connected", values: [facts.connected] };
    case "responseTimeMs":
      return { name: "the response time in ms", values: [Math.round(facts.totalMs ?? 0)] };
    case "size":
      return { name: "the size of the answer", values: [facts.received.length] };
    case "data":
      return { name: "the answer", values: [textOf(facts.received, assertion.encoding)] };
  }
}

function bytesOf(text: string, encoding: Encoding): Buffer {
  return encoding === "hex"
    ? Buffer.from(hexDigits(text), "hex")
    : Buffer.from(text, encoding === "ascii" ? "latin1" : "utf8");
}

function textOf(bytes: Buffer, encoding: Encoding): string {
  return bytes.toString(encoding === "hex" ? "hex" : encoding === "ascii" ? "latin1" : "utf8");
}

/** Digits of either case, with or without spaces, colons and 0x. */
function hexDigits(text: string): string {
  return text.replaceAll(/0x|[\s:]/gi, "").toLowerCase();
}
