// What is the same for every channel, whatever its service answers: a notification is told, once; a refusal has a reason; no secret gets out.
import { inboxChannel } from "@belfry/core/alerts/channels/inbox";
import { type ChannelPorts, openChannel } from "@belfry/core/alerts/channels/open-channel";
import { drainOutbox } from "@belfry/core/alerts/outbox";
import { deadLetters } from "@belfry/core/alerts/outbox-dead";
import { outboxWrites } from "@belfry/core/alerts/outbox-row";
import { type ChannelConfig, Channels } from "@belfry/core/config/channels/schema";
import type { ChannelReference } from "@belfry/core/event/notification";
import { httpSender } from "@belfry/core/platform/http";
import { createLogger } from "@belfry/core/platform/logger";
import { sesSender, snsPublisher } from "@belfry/core/platform/mail-client";
import { cachedSecrets } from "@belfry/core/platform/secrets-client";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  CHANNEL_FAULTS,
  type ChannelFault,
  type FakeMail,
  type FakePagerDuty,
  type FakeReceiver,
  type FakeService,
  type FakeSlack,
  type FakeSlackWebhook,
  type FakeWorkflow,
  fakeMail,
  fakePagerDuty,
  fakeReceiver,
  fakeSlack,
  fakeSlackWebhook,
  fakeTeams,
  RETRY_AFTER_S,
  ROUTING_KEY,
  SIGNING_SECRET,
  SLACK_TOKEN,
} from "../support/fake-channels.ts";
import { type MemoryTable, memoryTable } from "../support/memory-table.ts";
import { NOW_MS, notificationOf } from "../support/notifications.ts";

const signal = new AbortController().signal;
const TIMEOUT_MS = 150;

let slack: FakeSlack;
let slackWebhook: FakeSlackWebhook;
let pagerDuty: FakePagerDuty;
let teams: FakeWorkflow & { readonly address: string };
let receiver: FakeReceiver;
let mail: FakeMail;
let table: MemoryTable;
let nowMs: number;
let secrets: Record<string, string>;
let entries: string[];

beforeAll(async () => {
  mail = await fakeMail();
  vi.stubEnv("AWS_ENDPOINT_URL", mail.url);
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "key");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
});

afterAll(() => {
  vi.unstubAllEnvs();
  return mail.close();
});

beforeEach(async () => {
  [slack, slackWebhook, pagerDuty, teams, receiver] = await Promise.all([
    fakeSlack(),
    fakeSlackWebhook(),
    fakePagerDuty(),
    fakeTeams(),
    fakeReceiver(),
  ]);
  // The clients are made once, for the address that is there then.
  mail.sent.length = 0;
  mail.faults.length = 0;
  mail.refuses = false;
  table = memoryTable();
  nowMs = NOW_MS;
  secrets = {
    "env:SLACK": SLACK_TOKEN,
    "env:SLACK_URL": slackWebhook.address,
    "env:PD": ROUTING_KEY,
    "env:TEAMS": teams.address,
    "env:SIGN": SIGNING_SECRET,
  };
  entries = [];
});

afterEach(async () => {
  await Promise.all([slack, slackWebhook, pagerDuty, teams, receiver].map((service) => service.close()));
});

function ports(): ChannelPorts {
  const clock = { now: () => nowMs };
  return {
    clock,
    table,
    sendTo: (origin) => httpSender(origin, { timeoutMs: TIMEOUT_MS }),
    secrets: cachedSecrets(async (reference) => secrets[reference] ?? "", clock),
    mailer: (region) => sesSender(region, TIMEOUT_MS),
    publisher: (region) => snsPublisher(region, TIMEOUT_MS),
  };
}

interface Member {
  readonly config: () => object;
  readonly faults: () => ChannelFault[];
  /** How often people were told. */
  readonly told: () => number;
  /** Whether a second attempt after an unknown one is sure not to double. */
  readonly canCheck: boolean;
  /** Makes it refuse for good; and what it then says. */
  readonly breakIt: () => void;
  readonly reason: RegExp;
}

const ofService = (service: () => FakeService) => () => service().faults;

const MEMBERS: Readonly<Record<string, Member>> = {
  slack: {
    config: () => ({ type: "slack", token: "env:SLACK", channel: "C024BE91L", endpoint: slack.url }),
    faults: ofService(() => slack),
    told: () => slack.posts.length,
    canCheck: true,
    breakIt: () => void slack.errors.set("chat.postMessage", { error: "not_in_channel" }),
    reason: /^Slack: not_in_channel$/,
  },
  "slack-webhook": {
    config: () => ({ type: "slack-webhook", url: "env:SLACK_URL" }),
    faults: ofService(() => slackWebhook),
    told: () => slackWebhook.cards.length,
    canCheck: false,
    breakIt: () => {
      secrets["env:SLACK_URL"] = `${slackWebhook.url}/services/T00000000/B00000000/gone-but-secret`;
    },
    reason: /^404 no_service$/,
  },
  pagerduty: {
    config: () => ({ type: "pagerduty", routingKey: "env:PD", endpoint: pagerDuty.url }),
    faults: ofService(() => pagerDuty),
    told: () => pagerDuty.log.length,
    canCheck: true,
    breakIt: () => {
      secrets["env:PD"] = "wrong-but-secret";
    },
    reason: /^400 .*no key \[redacted\]/,
  },
  teams: {
    config: () => ({ type: "teams", url: "env:TEAMS" }),
    faults: ofService(() => teams),
    told: () => teams.cards.length,
    canCheck: false,
    breakIt: () => {
      secrets["env:TEAMS"] = `${teams.url}/workflows/gone-but-secret?sig=a-secret-signature`;
    },
    reason: /^404 nothing at \[redacted\]/,
  },
  email: {
    config: () => ({ type: "email", from: "belfry@example.com", to: ["ops@example.com"] }),
    faults: () => mail.faults,
    told: () => mail.sent.length,
    canCheck: false,
    breakIt: () => {
      mail.refuses = true;
    },
    reason: /MessageRejected/,
  },
  sns: {
    config: () => ({ type: "sns", topicArn: "arn:aws:sns:eu-west-1:111122223333:pages" }),
    faults: () => mail.faults,
    told: () => mail.sent.length,
    canCheck: false,
    breakIt: () => {
      mail.refuses = true;
    },
    reason: /no topic/,
  },
  webhook: {
    config: () => ({ type: "webhook", url: receiver.url, signingSecret: "env:SIGN" }),
    faults: ofService(() => receiver),
    told: () => receiver.taken.length,
    canCheck: true,
    breakIt: () => {
      secrets["env:SIGN"] = "wrong-but-secret";
    },
    reason: /^401 .*bad signature/,
  },
};

function open(name: string) {
  const config = Channels.parse({ [name]: MEMBERS[name]?.config() })[name] as ChannelConfig;
  return openChannel(name, config, ports());
}

const deliver = (name: string, attempt: "first" | "check" = "first", previous?: ChannelReference) =>
  open(name).deliver(notificationOf(), previous, { attempt, signal });

describe.each(Object.entries(MEMBERS))("%s", (name, member) => {
  it("tells a notification", async () => {
    expect(await deliver(name)).toMatchObject({ outcome: "delivered" });
    expect(member.told()).toBe(1);
    expect(open(name)).toMatchObject({ name, canCheck: member.canCheck });
  });

  it("edits, or leaves it at that, when there is only something else to say of what is known", async () => {
    const first = await deliver(name);
    const reference = first.outcome === "delivered" ? first.reference : undefined;
    const before = member.told();
    const update = notificationOf({ kind: "updated", isPage: false }, 1);
    expect(await open(name).deliver(update, reference, { attempt: "first", signal })).toMatchObject({
      outcome: "delivered",
    });
    // Slack adds a reply; a receiver of one's own hears of everything.
    const hearsAll = name === "slack" || name === "webhook";
    expect(member.told() - before).toBe(hearsAll ? 1 : 0);
  });

  it("comes back when it is told to", async () => {
    member.faults().push("429");
    const delivery = await deliver(name);
    expect(delivery).toMatchObject({ outcome: "retry", throttled: true, afterMs: RETRY_AFTER_S * 1000 });
    expect(member.told()).toBe(0);
  });

  it.each(CHANNEL_FAULTS)("knows what it does not know after: %s", async (fault) => {
    member.faults().push(fault);
    const delivery = await deliver(name);
    const mayHaveArrived = member.told() > 0;
    if (mayHaveArrived && !member.canCheck) expect(["unknown", "delivered"]).toContain(delivery.outcome);
    else expect(["unknown", "retry", "delivered"]).toContain(delivery.outcome);
    if (delivery.outcome === "delivered") expect(member.told()).toBe(1);
  });

  it("says plainly what does not work, and no secret", async () => {
    member.breakIt();
    const delivery = await deliver(name);
    expect(delivery).toMatchObject({ outcome: "failed", reason: expect.stringMatching(member.reason) });
    expect(JSON.stringify(delivery)).not.toContain("secret");
  });
});

const CHECKING = Object.entries(MEMBERS).filter(([, { canCheck }]) => canCheck);

it.each(CHECKING)("%s does not tell twice what may have arrived", async (name, member) => {
  for (const fault of CHANNEL_FAULTS) {
    member.faults().push(fault);
    await deliver(name, "check");
  }
  expect(await deliver(name, "check")).toMatchObject({ outcome: "delivered" });
  expect(member.told()).toBe(1);
});

/** Lets time pass until the outbox of a channel, and of its fall-back, is empty. */
async function drainAll(name: string, fallback: string | undefined): Promise<void> {
  const config = Channels.parse({ [name]: { ...MEMBERS[name]?.config(), fallback }, inbox: { type: "inbox" } });
  const inbox = inboxChannel("inbox", table);
  const outbox = { table, clock: { now: () => nowMs }, random: () => 0.5, sleep: async () => undefined, logger };
  for (let turn = 0; turn < 50; turn++) {
    const own = await drainOutbox(open(name), config[name] as ChannelConfig, outbox, signal);
    const other = await drainOutbox(inbox, config.inbox as ChannelConfig, outbox, signal);
    const wakes = [...own.wakes, ...other.wakes].map(({ atMs }) => atMs);
    if (wakes.length === 0) return;
    nowMs = Math.max(nowMs, Math.min(...wakes));
  }
  throw new Error("the outbox never gets empty");
}

const logger = createLogger({ write: (line) => void entries.push(line) });

const CASES = Object.keys(MEMBERS).flatMap((name) => CHANNEL_FAULTS.map((fault) => ({ name, fault })));

describe("by the outbox", () => {
  it.each(CASES)("$name: nothing is lost or doubled by: $fault", async ({ name, fault }) => {
    const member = MEMBERS[name] as Member;
    member.faults().push(fault);
    await table.transact(outboxWrites(notificationOf(), [name], nowMs), signal);
    await drainAll(name, "inbox");
    const told = member.told();
    const inInbox = [...table.items.values()].filter(({ pk }) => pk === "inbox").length;
    expect(told).toBeLessThanOrEqual(1);
    if (member.canCheck || fault === "429") expect([told, inInbox]).toEqual([1, 0]);
    else expect(told + inInbox).toBeGreaterThanOrEqual(1);
  });

  it.each(Object.keys(MEMBERS))("%s: what it refuses goes to the fall-back and to the dead letters", async (name) => {
    MEMBERS[name]?.breakIt();
    await table.transact(outboxWrites(notificationOf(), [name], nowMs), signal);
    await drainAll(name, "inbox");
    expect([...table.items.values()].filter(({ pk }) => pk === "inbox")).toHaveLength(1);
    expect(await deadLetters(table, name, signal)).toMatchObject([{ end: "failed" }]);
    expect(entries.join("\n")).not.toMatch(/gone-but-secret|wrong-but-secret|a-secret-signature|xoxb/);
    expect(JSON.stringify([...table.items.values()])).not.toMatch(/but-secret|a-secret-signature|xoxb/);
  });

  it.each(["teams", "email", "sns", "slack-webhook"])(
    "%s: with no fall-back tells it again, and says so",
    async (name) => {
      const member = MEMBERS[name] as Member;
      member.faults().push("taken, no answer");
      await table.transact(outboxWrites(notificationOf(), [name], nowMs), signal);
      await drainAll(name, undefined);
      expect(member.told()).toBe(2);
      const all = JSON.stringify([...teams.cards, ...mail.sent, ...slackWebhook.cards]);
      expect(all.match(/may be a repeat/g)).toHaveLength(1);
    },
  );
});
