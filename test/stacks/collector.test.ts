import { describe, expect, it } from "vitest";
import { parseConfig } from "../../packages/core/src/config/load.ts";
import type { ConfigInput } from "../../packages/core/src/config/schema.ts";
import type { TemplateJson } from "../../scripts/templates/resolve-template.ts";
import { collectorTemplate, MAX_TEMPLATE_BYTES } from "../../stacks/collector.ts";
import { enabledRules, regionalRules, SHIPPED_RULES } from "../../stacks/rules/shipped-rules.ts";
import { ORGANIZATION } from "./support/synth.ts";

const collector = (config: ConfigInput = ORGANIZATION) =>
  collectorTemplate(parseConfig(config, "test"), "test") as TemplateJson & {
    readonly Conditions: Readonly<Record<string, { readonly "Fn::Equals"?: readonly unknown[] }>>;
  };
const ofType = (type: string, template = collector()) =>
  Object.values(template.Resources).filter((resource) => resource.Type === type);

const everyRule: ConfigInput = {
  deploy: {
    ...ORGANIZATION.deploy,
    events: { shipped: Object.fromEntries(SHIPPED_RULES.map(({ name }) => [name, true])) },
  },
};

describe("the collector's template", () => {
  it("fits into a StackSet with every rule switched on", () => {
    const bytes = Buffer.byteLength(JSON.stringify(collector(everyRule)));
    expect(bytes).toBeLessThan(MAX_TEMPLATE_BYTES);
    expect(ofType("AWS::Events::Rule", collector(everyRule))).toHaveLength(SHIPPED_RULES.length);
  });

  it("has no assets, no function, and nothing that needs the CDK's bootstrap", () => {
    const text = JSON.stringify(collector());
    expect(text).not.toMatch(/cdk-hnb659fds|BootstrapVersion|AssetParameters|AWS::Lambda|Custom::|S3Key|TemplateURL/);
  });

  it("is the same each time, whatever account and region deploy it", () => {
    expect(JSON.stringify(collector())).toBe(JSON.stringify(collector()));
    expect(JSON.stringify(collector())).not.toMatch(/\d{12}(?!\})/);
  });

  it("has only types that a StackSet with permissions managed by the service may deploy", () => {
    expect(new Set(Object.values(collector().Resources).map(({ Type }) => Type))).toEqual(
      new Set([
        "AWS::Events::Rule",
        "AWS::IAM::Role",
        "AWS::Logs::AccountPolicy",
        "AWS::Oam::Link",
        "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy",
      ]),
    );
  });

  it("is refused when the log groups to leave out are too many", () => {
    const exclude = Array.from({ length: 700 }, (_, i) => `/a/log/group/with/quite/a/long/name/${i}`);
    expect(() => collector({ deploy: { ...ORGANIZATION.deploy, ingest: { exclude } } })).toThrow(
      /shorten deploy.ingest.exclude/,
    );
  });
});

describe("the collector", () => {
  it("subscribes all log groups to the Destination of their own region, by a policy that names the region", () => {
    const [policy] = ofType("AWS::Logs::AccountPolicy");
    const text = JSON.stringify(policy?.Properties);
    expect(policy?.Properties).toMatchObject({
      PolicyName: { "Fn::Join": ["", ["belfry-", { Ref: "AWS::Region" }]] },
      PolicyType: "SUBSCRIPTION_FILTER_POLICY",
      Scope: "ALL",
      SelectionCriteria: 'LogGroupName NOT IN ["/aws/application-signals/data","aws/spans"]',
    });
    expect(text).toContain(':logs:",{"Ref":"AWS::Region"},":",{"Ref":"CentralAccount"},":destination:belfry-test-logs');
    expect(text).toContain('\\"Distribution\\":\\"Random\\"');
    expect(text).toContain("RoleArn");
  });

  it("leaves out what the configuration names", () => {
    const exclude = ["/noisy"];
    const template = collector({ deploy: { ...ORGANIZATION.deploy, ingest: { exclude } } });
    expect(ofType("AWS::Logs::AccountPolicy", template)[0]?.Properties).toMatchObject({
      SelectionCriteria: 'LogGroupName NOT IN ["/aws/application-signals/data","/noisy","aws/spans"]',
    });
  });

  it("brings events to the bus in the home region by a role, and keeps what does not get there", () => {
    for (const { Properties } of ofType("AWS::Events::Rule")) {
      const [target] = (Properties?.["Targets"] ?? []) as Record<string, unknown>[];
      expect(JSON.stringify(target?.["Arn"])).toContain(':events:eu-west-1:",{"Ref":"CentralAccount"}');
      expect(target).toMatchObject({
        RoleArn: { "Fn::GetAtt": ["EventsRole", "Arn"] },
        DeadLetterConfig: { Arn: { "Fn::GetAtt": ["Undelivered", "Arn"] } },
      });
      expect(Properties?.["EventPattern"]).toMatchObject({ "replay-name": [{ exists: false }] });
    }
  });

  it.each(["eu-west-1", "us-east-1", "us-west-2"])("has the rules that the central account has in %s", (region) => {
    const template = collector();
    const isAll = region !== "us-west-2";
    const holds = (name: unknown): boolean => {
      if (name === undefined) return true;
      if (name === "TakesAll") return isAll;
      return template.Conditions[String(name)]?.["Fn::Equals"]?.[1] === region;
    };
    const names = ofType("AWS::Events::Rule", template)
      .filter(({ Condition }) => holds(Condition))
      .map(({ Properties }) => String(Properties?.["Name"]));
    const regions = ["eu-west-1", "us-east-1"];
    const rules = regionalRules(region, { regions, rules: enabledRules({}) });
    expect(names).toEqual(rules.map(({ name }) => `belfry-test-${name}`));
  });

  it("links metrics only where there is a sink", () => {
    const [link] = ofType("AWS::Oam::Link");
    expect(link).toMatchObject({ Condition: "HasSink", Properties: { SinkIdentifier: { Ref: "SinkArn" } } });
  });
});
