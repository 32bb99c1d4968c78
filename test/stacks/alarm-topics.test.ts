import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../../packages/core/src/config/schema.ts";
import { ALERTING_ALARMS } from "../../stacks/alerting-names.ts";
import { ACCOUNT, HOME, ofType, type Properties } from "./support/deployed-resources.ts";
import { EVERYTHING } from "./support/everything.ts";
import { MINIMAL, ORGANIZATION, type Synthesized, synthesize } from "./support/synth.ts";

const minimal = synthesize(MINIMAL);
const organization = synthesize(ORGANIZATION);
const withAlerting = (alerting: NonNullable<ConfigInput["deploy"]>["alerting"]) =>
  synthesize({ ...MINIMAL, deploy: { ...MINIMAL.deploy, alerting } });

describe("alarm topics", () => {
  const subscriptionsOf = (synthesized: Synthesized, protocol: string) =>
    [...synthesized.templates].flatMap(([name, template]) => {
      const region = synthesized.stacks.get(name)?.region;
      return ofType(template, "AWS::SNS::Subscription", region)
        .filter(({ Protocol }) => Protocol === protocol)
        .map(({ TopicArn, Endpoint, RedrivePolicy, FilterPolicy }) => ({
          region,
          topic: String(TopicArn),
          endpoint: String(Endpoint),
          deadLetters: (RedrivePolicy as { deadLetterTargetArn: string } | undefined)?.deadLetterTargetArn,
          filter: FilterPolicy as { AlarmName: { prefix: string }[] } | undefined,
        }));
    });

  it("of every region tell the alerts queue, and keep what they cannot", () => {
    const found = subscriptionsOf(organization, "sqs");
    expect(found.map(({ region }) => region).sort()).toEqual(["eu-west-1", "us-east-1", "us-west-2"]);
    for (const { region, topic, endpoint, deadLetters } of found) {
      expect(topic).toBe(`arn:aws:sns:${region}:${ACCOUNT}:belfry-test-alarms`);
      expect(endpoint).toBe(`arn:aws:sqs:${HOME}:${ACCOUNT}:belfry-test-alerts`);
      expect(deadLetters).toBe(`arn:aws:sqs:${region}:${ACCOUNT}:belfry-test-alarms-dlq`);
    }
  });

  it("tell nobody else of what alerting tells: nobody gets an alarm twice", () => {
    for (const synthesized of [minimal, organization]) {
      const mails = subscriptionsOf(synthesized, "email");
      expect(mails.map(({ region, topic }) => [region, topic.split(":").at(-1)]).sort()).toEqual([
        [HOME, "belfry-test-alarms"],
        [HOME, "belfry-test-notify"],
      ]);
      expect(mails.find(({ topic }) => topic.endsWith("-alarms"))?.filter?.AlarmName.length).toBeGreaterThan(0);
    }
  });

  it("tell of alarms on alerting itself by e-mail as they come: of all of them, and of no others", () => {
    const synthesized = synthesize({
      ...EVERYTHING,
      channels: { notify: { type: "sns" } },
      oncall: { corrections: EVERYTHING.oncall.corrections },
    });
    const mail = subscriptionsOf(synthesized, "email").find(({ topic }) => topic.endsWith("-alarms"));
    const isMailed = (name: string) => mail?.filter?.AlarmName.some(({ prefix }) => name.startsWith(prefix)) ?? false;
    const home = [...synthesized.templates].filter(([name]) => synthesized.stacks.get(name)?.region === HOME);
    const alarms = home.flatMap(([stack, template]) =>
      ofType(template, "AWS::CloudWatch::Alarm").map((alarm) => ({ stack, alarm, name: String(alarm.AlarmName) })),
    );
    const own = ofType(synthesized.template("Alerting"), "AWS::Lambda::Function").map(({ FunctionName }) =>
      String(FunctionName),
    );
    const isOfAlerting = ({ stack, alarm }: (typeof alarms)[number]) =>
      stack === "Alerting" || own.some((name) => JSON.stringify(alarm).includes(`"${name}"`));
    expect(alarms.filter((each) => isMailed(each.name) !== isOfAlerting(each)).map(({ name }) => name)).toEqual([]);
    const unused = ALERTING_ALARMS.filter(
      (prefix) => !alarms.some(({ name }) => name.startsWith(`belfry-test-${prefix}`)),
    );
    expect(unused).toEqual([]);
  });

  it("tell by e-mail of all alarms where alerting is off, and there is nothing of alerting", () => {
    const synthesized = withAlerting({ enabled: false });
    expect([...synthesized.templates.keys()]).not.toContain("Alerting");
    expect(subscriptionsOf(synthesized, "sqs")).toEqual([]);
    const mails = subscriptionsOf(synthesized, "email");
    expect(mails.every(({ topic, filter }) => topic.endsWith("-alarms") && filter === undefined)).toBe(true);
    expect(mails.map(({ region }) => region)).toContain(HOME);
  });

  it("are left alone where the configuration says so", () => {
    expect(subscriptionsOf(withAlerting({ alarmActions: false }), "sqs")).toEqual([]);
  });
});

describe("e-mail", () => {
  it("has a topic only where a channel sends by it", () => {
    const deploy = { ...MINIMAL.deploy, email: [] };
    synthesize({ deploy }).template("Alerting").resourceCountIs("AWS::SNS::Topic", 0);
    synthesize({ deploy, channels: { mail: { type: "sns" } } })
      .template("Alerting")
      .resourceCountIs("AWS::SNS::Topic", 1);
  });

  it("is not sent by the topic to addresses when a receiver says who is told", () => {
    const channels = { chat: { type: "slack-webhook" as const, url: "/belfry/slack" } };
    const oncall = { receivers: { default: { channels: ["chat"] } } };
    const { template } = synthesize({ ...MINIMAL, channels, oncall });
    template("Alerting").resourceCountIs("AWS::SNS::Topic", 0);
  });
});

describe("alarm topics of regions that are switched on one by one", () => {
  it("send by the principal of the region that was", () => {
    const principals = (region: string, further: string) => {
      const template = synthesize({ deploy: { region, regions: [further], globalEvents: false } }).template("Alerting");
      const policies = ofType(template, "AWS::SQS::QueuePolicy", region);
      return policies
        .flatMap(({ PolicyDocument }) => (PolicyDocument as { Statement: Properties[] }).Statement)
        .filter(({ Resource }) => String(Resource).endsWith("-alerts"))
        .flatMap(({ Principal }) => (Principal as { Service?: string }).Service ?? [])
        .filter((service) => service.startsWith("sns"));
    };
    expect(principals("eu-west-1", "us-east-2")).toEqual(["sns.amazonaws.com"]);
    expect(principals("eu-west-1", "eu-south-1")).toEqual(["sns.amazonaws.com", "sns.eu-south-1.amazonaws.com"]);
    expect(principals("eu-south-1", "eu-west-1")).toEqual(["sns.amazonaws.com", "sns.eu-south-1.amazonaws.com"]);
  });
});
