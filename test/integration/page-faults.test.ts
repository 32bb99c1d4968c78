// Whatever stops the functions of alerting between the receipt of an event and its delivery, each channel pages once, and tells the end once.
import { readInbox } from "@belfry/core/alerts/channels/inbox";
import type { ConfigInput } from "@belfry/core/config/schema";
import { AwsCallError } from "@belfry/core/platform/aws-call";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventOf } from "../support/alert-events.ts";
import {
  type FakePagerDuty,
  type FakeReceiver,
  type FakeSlack,
  fakePagerDuty,
  fakeReceiver,
  fakeSlack,
  ROUTING_KEY,
  SIGNING_SECRET,
  SLACK_TOKEN,
} from "../support/fake-channels.ts";
import { type Fault, LambdaWorld, MAX_RECEIVES } from "../support/lambda-world.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
/** Of one item. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MAX_ITEM_BYTES = 400 * 1024;
const SWEEP_READS = 24;
const WRITES = ["put", "update", "delete", "transact"];
const READS = ["get", "query", "queryTo"];
const { signal } = new AbortController();
const SECRETS = { "env:SLACK": SLACK_TOKEN, "env:PD": ROUTING_KEY, "env:SIGN": SIGNING_SECRET };

let slack: FakeSlack;
let pagerDuty: FakePagerDuty;
let receiver: FakeReceiver;

beforeAll(async () => {
  [slack, pagerDuty, receiver] = await Promise.all([fakeSlack(), fakePagerDuty(), fakeReceiver()]);
});
afterAll(() => Promise.all([slack, pagerDuty, receiver].map((service) => service.close())));
beforeEach(forget);

function forget(): void {
  for (const list of [slack.posts, slack.requests, pagerDuty.log, receiver.taken]) list.length = 0;
}

function config(groupBy = ["alarmname"]): ConfigInput {
  return {
    channels: {
      slack: { type: "slack", token: "env:SLACK", channel: "C024BE91L", endpoint: slack.url },
      pager: { type: "pagerduty", routingKey: "env:PD", endpoint: pagerDuty.url },
      hook: { type: "webhook", url: receiver.url, signingSecret: "env:SIGN" },
    },
    oncall: {
      route: { receiver: "ops", groupBy, groupWait: "30s", groupInterval: "5m", repeatInterval: "4h" },
      receivers: { ops: { channels: ["slack", "pager", "hook", "inbox"] } },
    },
  };
}

/** Each run has an alarm of its own: PagerDuty goes on knowing the incidents. */
function alarm(name: string, value: "ALARM" | "OK", atMs: number): object {
  const timestamp = new Date(atMs).toISOString();
  const metric = { namespace: "AWS/ApplicationELB", name: "HTTPCode_Target_5XX_Count", dimensions: {} };
  const detail = {
    alarmName: name,
    state: { value, reason: "Threshold crossed", timestamp },
    configuration: { metrics: [{ metricStat: { metric } }] },
  };
  const arn = `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:${name}`;
  return eventOf("aws.cloudwatch", "CloudWatch Alarm State Change", detail, { resources: [arn], time: timestamp });
}

/** An alarm that comes, and goes after half an hour; `fault` gets the number of each call. */
async function live(name: string, fault?: (number: number) => Fault): Promise<LambdaWorld> {
  let calls = 0;
  const world = new LambdaWorld({ config: config(), secrets: SECRETS, now: NOW, fault: () => fault?.(++calls) });
  world.offer(alarm(name, "ALARM", NOW));
  await world.pass(30);
  world.offer(alarm(name, "OK", NOW + 30 * 60_000));
  await world.pass(30);
  return world;
}

interface Told {
  /** The message that was edited, and what was added below it. */
  readonly slack: readonly string[];
  readonly pagerDuty: readonly string[];
  readonly hook: readonly string[];
  readonly inbox: readonly string[];
}

const ONCE: Told = {
  slack: ["🟢 Resolved", "reply Resolved"],
  pagerDuty: ["opened", "resolved"],
  hook: ["opened", "resolved"],
  inbox: ["opened", "resolved"],
};

async function told(world: LambdaWorld): Promise<Told> {
  expect(world.dead).toEqual([]);
  const kinds = (all: readonly { readonly kind: string }[]) => all.map(({ kind }) => kind);
  const hooked = receiver.taken as { readonly notification: { readonly kind: string } }[];
  return {
    slack: slack.posts.map(({ text, thread_ts }) => `${thread_ts === undefined ? "" : "reply "}${text.split(":")[0]}`),
    pagerDuty: pagerDuty.log.map(({ what }) => what),
    hook: kinds(hooked.map(({ notification }) => notification)),
    inbox: kinds(await readInbox(world.table, "", signal)),
  };
}

describe("an invocation that is killed", () => {
  it("at every call, before it or right after it: each channel pages once, and tells the end once", async () => {
    const world = await live("never-killed");
    expect(await told(world)).toEqual(ONCE);
    const { calls } = world;
    expect(calls).toEqual(
      expect.arrayContaining([
        "transact",
        "queue timers",
        "queue outbox",
        "send /chat.postMessage",
        "send /v2/enqueue",
        "send /",
      ]),
    );
    const numbers = calls.map((_, i) => i + 1);
    // Sweeps that find nothing are all alike: the first few of their reads stand for the others.
    const reads = numbers.filter((number) => calls[number - 1] === "queryTo");
    const steps = numbers.filter((number) => !reads.includes(number) || reads.indexOf(number) < SWEEP_READS);
    for (const kind of ["killed before", "killed after"] as const) {
      for (const at of steps) {
        forget();
        const killed = await live(`${kind} ${at}`, (number) => (number === at ? kind : undefined));
        expect(killed.kills).toBe(1);
        expect(await told(killed), `${kind} ${at}: ${calls[at - 1]}`).toEqual(ONCE);
      }
    }
  }, 60_000);

  it("now and then, while the table and Slack fail now and then: the same", async () => {
    let kills = 0;
    let runs = 0;
    const chance = fc.record({ seed: fc.nat(), every: fc.integer({ min: 8, max: 80 }) });
    await fc.assert(
      fc.asyncProperty(chance, async ({ seed, every }) => {
        forget();
        const faults: Fault[] = ["killed before", "killed after", throttled(), throttled()];
        // A message that fails each time that it is received is a dead letter, as it should be.
        let left = MAX_RECEIVES - 1;
        const world = await live(`storm ${++runs}`, (number) => {
          // A number that looks random, and is the same in each run.
          const dice = Math.imul(number ^ seed, 2_654_435_761) >>> 8;
          return dice % every === 0 && left-- > 0 ? faults[(dice >>> 6) % faults.length] : undefined;
        });
        expect(await told(world)).toEqual(ONCE);
        kills += world.kills;
      }),
      { numRuns: 40 },
    );
    expect(kills).toBeGreaterThan(25);
  }, 60_000);
});

describe("a storm", () => {
  it("of a thousand alarms in a second makes one message, though the table throttles", async () => {
    let calls = 0;
    const fault = (call: string) => {
      // Clients read again by themselves, so that what a read raises is rarer.
      const every = WRITES.includes(call) ? 7 : READS.includes(call) ? 151 : Number.POSITIVE_INFINITY;
      return ++calls % every === 0 ? throttled() : undefined;
    };
    const world = new LambdaWorld({ config: config(["region"]), secrets: SECRETS, now: NOW, fault });
    for (let i = 0; i < 1000; i++) world.offer(alarm(`storm-${i}`, "ALARM", NOW + i));
    await world.pass(15);
    expect(world.dead).toEqual([]);
    expect(calls).toBeGreaterThan(2000);
    const largest = Math.max(...[...world.table.items.values()].map((item) => JSON.stringify(item).length));
    expect(largest).toBeLessThan(MAX_ITEM_BYTES);
    expect(slack.posts.filter(({ thread_ts }) => thread_ts === undefined)).toHaveLength(1);
    expect(JSON.stringify(slack.posts[0]?.blocks)).toContain("storm-0 and 999 more");
    expect(pagerDuty.log.map(({ what }) => what)).toEqual(["opened"]);
  }, 60_000);
});

function throttled(): AwsCallError {
  const cause = Object.assign(new Error("slow down"), { name: "ProvisionedThroughputExceededException" });
  return new AwsCallError("dynamodb:TransactWriteItems", cause);
}
