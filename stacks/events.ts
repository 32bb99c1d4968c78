import { RemovalPolicy, type Stack } from "aws-cdk-lib";
import { CfnArchive, CfnEventBus, CfnEventBusPolicy } from "aws-cdk-lib/aws-events";
import { CfnDiscoverer, CfnRegistry } from "aws-cdk-lib/aws-eventschemas";
import { EVENT_BUS } from "./event-bus.ts";
import { addCapture } from "./events-capture.ts";
import { addForwardingRules, addPartnerRules } from "./events-forward.ts";
import { addOwnRules } from "./events-own.ts";
import { addSchedules } from "./events-schedules.ts";
import type { StackContext } from "./stack-context.ts";

/**
 * The Belfry bus, to which the events of all regions and accounts come, and what hangs on it: who may put events there, archive, capture, rules, schedules, schemas.
 * The rule that hands events to alerting belongs to the stack of alerting.
 */
export function events(stack: Stack, context: StackContext): void {
  const bus = addBus(stack, context);
  addBusPolicy(stack, context, bus);
  addArchive(stack, context, bus);
  addPartnerBuses(stack, context);
  addForwardingRules(stack, context);
  addPartnerRules(stack, context);
  addOwnRules(stack, context);
  if (context.deployment.events.capture) addCapture(stack, context);
  addSchedules(stack, context);
  addSchemas(stack, context, bus);
}

/** Encrypted by a key that AWS owns, whatever encrypts the rest: a bus with a key of one's own has no schema discovery. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-cmkey.html */
function addBus(stack: Stack, { names }: StackContext): CfnEventBus {
  return new CfnEventBus(stack, "Bus", {
    name: names.of(EVENT_BUS),
    description: "Events of all regions and accounts that Belfry watches",
  });
}

/** Lets members of the organization, or the accounts that are trusted, put events of the trusted kinds on the bus; this account's own roles need no such policy. */
function addBusPolicy(stack: Stack, { deployment }: StackContext, bus: CfnEventBus): void {
  const { organization, trustedAccounts, events: settings } = deployment;
  const { trustedSources: sources, trustedDetailTypes: detailTypes } = settings;
  // A request may bring several events, each of which has a source: PutEvents takes no other. "All of none" is true, so that events come in for which EventBridge does not say
  // it, should there be such among those that a member's rule brings.
  const kinds = {
    "ForAllValues:StringLike": {
      "events:source": sources,
      ...(detailTypes.length === 0 ? {} : { "events:detail-type": detailTypes }),
    },
  };
  const allow = (id: string, statementId: string, principal: unknown, conditions: object): void => {
    new CfnEventBusPolicy(stack, id, {
      eventBusName: bus.ref,
      statementId,
      statement: {
        Effect: "Allow",
        Principal: principal,
        Action: "events:PutEvents",
        Resource: bus.attrArn,
        Condition: { ...kinds, ...conditions },
      },
    });
  };
  if (organization !== undefined) {
    allow("OrganizationPolicy", "organization", "*", { StringEquals: { "aws:PrincipalOrgID": organization.id } });
  }
  if (trustedAccounts.length > 0) {
    const roots = trustedAccounts.map((account) => `arn:${stack.partition}:iam::${account}:root`);
    allow("AccountsPolicy", "accounts", { AWS: roots }, {});
  }
}

/**
 * What comes to the bus, kept for replay; EventBridge does not archive a replayed event again. It goes with the bus, because it can be replayed to no other: what was
 * captured stays in the archive's bucket.
 */
function addArchive(stack: Stack, { deployment, names }: StackContext, bus: CfnEventBus): void {
  const { days, pattern } = deployment.events.archive;
  const archive = new CfnArchive(stack, "Archive", {
    archiveName: names.of(EVENT_BUS),
    sourceArn: bus.attrArn,
    description: "Events of the Belfry bus, to be replayed",
    retentionDays: days,
    ...(pattern === undefined ? {} : { eventPattern: pattern }),
  });
  archive.applyRemovalPolicy(RemovalPolicy.DESTROY);
}

/** A partner's bus has the name of its event source, which the partner has offered to this account before. */
function addPartnerBuses(stack: Stack, { deployment }: StackContext): void {
  for (const source of deployment.events.partnerSources) {
    new CfnEventBus(stack, `PartnerBus-${source}`, { name: source, eventSourceName: source });
  }
}

function addSchemas(stack: Stack, { deployment, names }: StackContext, bus: CfnEventBus): void {
  const { discoverer, schemaRegistry } = deployment.events;
  if (schemaRegistry) {
    new CfnRegistry(stack, "Schemas", { registryName: names.of(EVENT_BUS), description: "Schemas of own events" });
  }
  if (discoverer) {
    new CfnDiscoverer(stack, "Discoverer", {
      sourceArn: bus.attrArn,
      crossAccount: deployment.central,
      description: "Infers schemas of what comes to the Belfry bus",
    });
  }
}
