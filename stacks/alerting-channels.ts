import type { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { ChannelConfig } from "../packages/core/src/config/channels/schema.ts";
import { parseSecretReference } from "../packages/core/src/config/channels/secret-place.ts";
import type { Config } from "../packages/core/src/config/schema.ts";
import { BelfryError } from "../packages/core/src/platform/errors.ts";
import { secretStatements } from "./constructs/secret-statements.ts";
import type { StackContext } from "./stack-context.ts";

/** Where the secrets of a channel stand in it: those that it sends with, and those by which answers to it are known. */
const SECRETS = {
  send: ["token", "url", "routingKey", "signingSecret"],
  respond: ["signingSecret"],
} as const;

/** Raises BAD_CONFIG for a secret that only a laptop has: a deployed function has no environment of yours. */
export function checkChannels({ channels }: Config): void {
  for (const [name, channel] of Object.entries(channels)) {
    for (const [key, reference] of secretsOf(channel, SECRETS.send)) {
      if (parseSecretReference(reference)?.kind !== "environment") continue;
      throw new BelfryError(
        "BAD_CONFIG",
        `channels.${name}.${key} is ${reference}, which deployed functions do not have: give a secret of Secrets Manager or a parameter, or switch deploy.alerting.enabled off`,
      );
    }
  }
}

/** What it takes to send by the channels of the configuration: their secrets, SES's identities, topics. The notify topic is Belfry's own, where some channel uses it. */
export function sendStatements(
  stack: Stack,
  context: StackContext,
  notifyTopicArn: string | undefined,
): PolicyStatement[] {
  const channels = Object.values(context.config.channels);
  // A Slack app's signing secret is of answers to it.
  const sending = channels.map((channel) => secretsOf(channel, channel.type === "slack" ? ["token"] : SECRETS.send));
  const topics = channels.flatMap((channel) =>
    channel.type === "sns" ? (channel.topicArn ?? notifyTopicArn ?? []) : [],
  );
  return [
    ...secretStatements(stack, context, sending.flat().map(referenceOf)),
    ...(topics.length === 0 ? [] : [allow(["sns:Publish"], topics)]),
    ...channels.flatMap((channel) => (channel.type === "email" ? mailStatements(stack, channel) : [])),
  ];
}

/** What it takes to know requests that come from Slack. */
export function respondStatements(stack: Stack, context: StackContext): PolicyStatement[] {
  const slack = Object.values(context.config.channels).filter(({ type }) => type === "slack");
  return secretStatements(
    stack,
    context,
    slack.flatMap((channel) => secretsOf(channel, SECRETS.respond)).map(referenceOf),
  );
}

/** The references of a channel's secrets by the names of their members. The address of a webhook of one's own is none. */
function secretsOf(channel: ChannelConfig, keys: readonly string[]): [string, string][] {
  return Object.entries(channel).flatMap(([key, value]): [string, string][] =>
    keys.includes(key) && typeof value === "string" && parseSecretReference(value) !== undefined ? [[key, value]] : [],
  );
}

function referenceOf([, reference]: readonly [string, string]): string {
  return reference;
}

/** SES asks for the identity that is verified, which is the address or its domain, and for the configuration set. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonses.html */
function mailStatements(stack: Stack, mail: Extract<ChannelConfig, { type: "email" }>): PolicyStatement[] {
  const { from, region = stack.region, configurationSet } = mail;
  const arn = (resource: string, resourceName: string) =>
    stack.formatArn({ service: "ses", region, resource, resourceName });
  const identities = [from, from.slice(from.lastIndexOf("@") + 1)].map((name) => arn("identity", name));
  const sets = configurationSet === undefined ? [] : [arn("configuration-set", configurationSet)];
  return [allow(["ses:SendEmail"], [...identities, ...sets])];
}

function allow(actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources: [...new Set(resources)] });
}
