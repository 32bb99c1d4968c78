import type { Alert } from "../event/alert.ts";
import { readEventEnvelope } from "../event/event-envelope.ts";
import { type HealthEvent, readHealthEvent } from "../event/health-event.ts";
import { memberAt, parsedJson, textAt } from "../event/json-member.ts";
import { type CanaryRun, readCanaryRun } from "./canary-runs.ts";
import { healthEnvelope, isHealthEvent } from "./normalise/health.ts";
import { type NormaliseContext, normalise } from "./normalise/normalise.ts";

/**
 * What came in: alerts to take; or a page of an AWS Health event, whose alert is made of all pages; or a run of a canary, of which its alarm's alert tells; or the reason why it is no event.
 */
export type Intake =
  | { readonly alerts: readonly Alert[] }
  | { readonly health: HealthEvent }
  | { readonly canaryRun: CanaryRun }
  | { readonly reason: string };

/** What accounts are called, by their ids. */
export type AccountNames = Readonly<Record<string, { readonly name: string }>>;

/** Reads one message: an event of EventBridge, or a message of SNS, whose events are in its text. Raises nothing. */
export function readIntake(input: unknown, context: NormaliseContext & { readonly accounts: AccountNames }): Intake {
  const health = healthEventOf(input, context.now);
  if (health !== undefined) return { health };
  const canaryRun = readCanaryRun(input, context.now);
  if (canaryRun !== undefined) return { canaryRun };
  const result = normalise(input, context);
  if ("reason" in result) return result;
  return { alerts: result.alerts.map((alert) => withAccountName(alert, context.accounts)) };
}

/** Gives an alert the label `account_name`, where its account has a name. */
export function withAccountName(alert: Alert, accounts: AccountNames): Alert {
  const { account } = alert.labels;
  const name = account !== undefined && Object.hasOwn(accounts, account) ? accounts[account]?.name : undefined;
  return name === undefined ? alert : { ...alert, labels: { ...alert.labels, account_name: name } };
}

function healthEventOf(input: unknown, nowMs: number): HealthEvent | undefined {
  const isMessage = textAt(input, "TopicArn") !== undefined && textAt(input, "MessageId") !== undefined;
  const event = isMessage ? parsedJson(memberAt(input, "Message")) : input;
  const envelope = readEventEnvelope(event, nowMs) ?? healthEnvelope(event, nowMs);
  return envelope !== undefined && isHealthEvent(envelope) ? readHealthEvent(envelope) : undefined;
}
