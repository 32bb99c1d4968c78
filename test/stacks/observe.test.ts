import { compileFilterPattern } from "@belfry/core/patterns/filter-pattern";
import { createLogger } from "@belfry/core/platform/logger";
import { Match, type Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../../packages/core/src/config/schema.ts";
import { Dashboard, gridProblems } from "../support/dashboard-schema.ts";
import { MINIMAL, ORGANIZATION, synthesize } from "./support/synth.ts";

type Properties = Record<string, unknown>;

function propertiesOf(template: Template, type: string): Properties[] {
  return Object.values(template.findResources(type)).map((resource) => resource.Properties as Properties);
}

/** The body of a dashboard as it would be deployed: what is known only then stands as a dot, account ids as digits. */
function bodyOf(template: Template, name: string) {
  const found = propertiesOf(template, "AWS::CloudWatch::Dashboard").find((each) => each.DashboardName === name);
  const body = found?.DashboardBody as string | { "Fn::Join": [string, unknown[]] };
  const text =
    typeof body === "string"
      ? body
      : body["Fn::Join"][1].map((part) => (typeof part === "string" ? part : "x")).join("");
  return Dashboard.parse(JSON.parse(text));
}

const minimal = synthesize(MINIMAL);
const organization = synthesize({ ...ORGANIZATION, accounts: { "111122223333": { name: "production" } } });

describe("dashboards", () => {
  it.each([
    ["one account", minimal],
    ["an organization", organization],
  ])("of %s are as documented, in the grid, and small", (_name, { template }) => {
    for (const name of ["belfry-test-pipeline", "belfry-test-sources"]) {
      const body = bodyOf(template("Observe"), name);
      expect(gridProblems(body.widgets)).toEqual([]);
      expect(body.widgets[0]?.type).toBe("alarm");
      expect(JSON.stringify(body).length).toBeLessThan(250_000);
    }
  });

  it("show all regions that are configured, and the accounts that share their metrics", () => {
    const { widgets } = bodyOf(organization.template("Observe"), "belfry-test-sources");
    const regions = widgets.flatMap((widget) => (widget.type === "metric" ? [widget.properties.region] : []));
    expect(new Set(regions)).toEqual(new Set(["eu-west-1", "us-east-1"]));
    expect(JSON.stringify(widgets)).toContain('"accountId":"111122223333"');
    const alone = bodyOf(minimal.template("Observe"), "belfry-test-sources");
    expect(JSON.stringify(alone)).not.toContain("accountId");
  });

  it("show every alarm of the home region", () => {
    const { widgets } = bodyOf(minimal.template("Observe"), "belfry-test-pipeline");
    const shown = widgets.flatMap((widget) => (widget.type === "alarm" ? widget.properties.alarms : []));
    const home = [...minimal.templates].filter(([name]) => minimal.stacks.get(name)?.region === "eu-west-1");
    const names = home.flatMap(([, template]) =>
      ["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"].flatMap((type) =>
        propertiesOf(template, type).map((alarm) => alarm.AlarmName as string),
      ),
    );
    expect(shown.map((arn) => arn.split(":alarm:")[1]).sort()).toEqual(names.sort());
  });

  it("are left out where they are not wanted", () => {
    const { template } = synthesize({ deploy: { ...MINIMAL.deploy, observe: { dashboards: false } } });
    template("Observe").resourceCountIs("AWS::CloudWatch::Dashboard", 0);
  });
});

describe("alarms of the pipeline", () => {
  const template = organization.template("Observe");
  const alarms = propertiesOf(template, "AWS::CloudWatch::Alarm");
  const composites = propertiesOf(template, "AWS::CloudWatch::CompositeAlarm");

  it("say what missing data means and how many datapoints make them, and act or belong to a composite", () => {
    const rules = composites.map(({ AlarmRule }) => AlarmRule as string).join();
    for (const alarm of alarms) {
      expect(alarm).toMatchObject({ TreatMissingData: expect.any(String), DatapointsToAlarm: expect.any(Number) });
      const acts = (alarm.AlarmActions as unknown[]).length > 0;
      expect(acts || rules.includes(`ALARM("${alarm.AlarmName}")`)).toBe(true);
    }
  });

  it("watch errors, accounting, quarantine, lag, freshness and volume", () => {
    const names = alarms.map(({ AlarmName }) => AlarmName as string);
    for (const what of ["errors", "throttles", "accounting", "quarantined", "lag", "loop", "volume"]) {
      expect(names).toContain(`belfry-test-${what}-ingest-kinesis`);
    }
    expect(names.some((name) => name.startsWith("belfry-test-freshness-"))).toBe(true);
    expect(names).toContain("belfry-test-throttled-logs");
  });

  it("count what subscriptions could not deliver by the dimension that an account's one has, too", () => {
    for (const name of ["subscriptions-failing", "subscriptions-throttled"]) {
      const alarm = alarms.find(({ AlarmName }) => AlarmName === `belfry-test-${name}`);
      expect(JSON.stringify(alarm?.Metrics)).toContain("GROUP BY FilterName ");
    }
  });

  it.each([
    ["domain", "DeliveryToAmazonOpenSearchService.DataFreshness"],
    ["serverless", "DeliveryToAmazonOpenSearchServerless.DataFreshness"],
  ] as const)("watch what Firehose says of its delivery to a %s", (type, metric) => {
    const { template } = synthesize({ deploy: { region: "eu-west-1", search: { type, firehose: true } } });
    template("Observe").hasResourceProperties("AWS::CloudWatch::Alarm", {
      AlarmName: "belfry-test-freshness-search",
      MetricName: metric,
    });
    template("Observe").hasResourceProperties("AWS::CloudWatch::Alarm", {
      AlarmName: "belfry-test-freshness-archive",
      MetricName: "DeliveryToS3.DataFreshness",
    });
  });

  it("expect a volume by an anomaly detection band, and act on no instance for it", () => {
    const volume = alarms.find(({ AlarmName }) => AlarmName === "belfry-test-volume-ingest-kinesis");
    expect(volume).toMatchObject({
      ThresholdMetricId: "expected",
      ComparisonOperator: "LessThanLowerOrGreaterThanUpperThreshold",
      Metrics: [
        expect.objectContaining({ Id: "records" }),
        expect.objectContaining({ Expression: "ANOMALY_DETECTION_BAND(records, 4)" }),
      ],
    });
    expect(JSON.stringify(volume)).not.toContain(":automate:");
  });

  it("tell of a backlog only when no failure explains it", () => {
    template.hasResourceProperties("AWS::CloudWatch::CompositeAlarm", {
      AlarmName: "belfry-test-pipeline-behind",
      AlarmRule: Match.stringLikeRegexp('ALARM\\("belfry-test-lag-ingest-kinesis"\\)'),
      ActionsSuppressor: "belfry-test-pipeline-failing",
      ActionsSuppressorWaitPeriod: 300,
      ActionsSuppressorExtensionPeriod: 900,
    });
    for (const composite of composites) expect(JSON.stringify(composite)).not.toMatch(/:automate:|scalingPolicy/);
  });

  it("are no composites of more than a hundred, nor longer than a rule may be", () => {
    for (const { AlarmRule } of composites) {
      expect((AlarmRule as string).split(" OR ").length).toBeLessThanOrEqual(100);
      expect((AlarmRule as string).length).toBeLessThanOrEqual(10_240);
    }
  });
});

describe("metric filters", () => {
  const configured: ConfigInput = {
    deploy: {
      ...MINIMAL.deploy,
      observe: {
        metricFilters: [
          { name: "app-errors", logGroup: "/app/web", pattern: "ERROR", metric: "AppErrors", alarm: { threshold: 5 } },
          { name: "address", logGroup: "/app/web", pattern: '"203.0.113.7"', metric: "SeenAddress", alarm: {} },
          { name: "latency", logGroup: "/app/web", pattern: "{ $.ms = * }", metric: "Latency", value: "$.ms" },
        ],
        queries: [{ name: "slow", logGroups: ["/app/web"], query: "filter ms > 1000 | limit 20" }],
      },
    },
  };
  const template = synthesize(configured).template("Observe");

  it("count ERROR, find an address and take a number, with alarms", () => {
    template.hasResourceProperties("AWS::Logs::MetricFilter", {
      FilterPattern: "ERROR",
      LogGroupName: "/app/web",
      MetricTransformations: [
        { MetricNamespace: "Belfry/test", MetricName: "AppErrors", MetricValue: "1", DefaultValue: 0 },
      ],
    });
    template.hasResourceProperties("AWS::CloudWatch::Alarm", {
      AlarmName: "belfry-test-filter-app-errors",
      MetricName: "AppErrors",
      Namespace: "Belfry/test",
      Threshold: 5,
    });
    template.hasResourceProperties("AWS::CloudWatch::Alarm", { AlarmName: "belfry-test-filter-address", Threshold: 0 });
    template.hasResourceProperties("AWS::Logs::MetricFilter", {
      FilterPattern: "{ $.ms = * }",
      MetricTransformations: [{ MetricName: "Latency", MetricValue: "$.ms", DefaultValue: Match.absent() }],
    });
  });

  it("count the errors of each of Belfry's own functions, without a dimension", () => {
    const filters = propertiesOf(template, "AWS::Logs::MetricFilter");
    const own = filters.filter(({ LogGroupName }) => (LogGroupName as string).startsWith("/belfry/test/"));
    expect(own.length).toBeGreaterThan(0);
    for (const filter of filters) expect(JSON.stringify(filter)).not.toContain("Dimensions");
    const lines: string[] = [];
    const logger = createLogger({ level: "debug", write: (line) => lines.push(line) });
    logger.error("no", { error: new Error("x") });
    logger.warn("ERROR is only a word here");
    const { matches } = compileFilterPattern(own[0]?.FilterPattern as string);
    expect(lines.map(matches)).toEqual([true, false]);
  });

  it("are refused when their pattern or their value is none", () => {
    const bad = (filter: object) => () =>
      synthesize({
        deploy: { observe: { metricFilters: [{ name: "a", logGroup: "/a", metric: "A", ...filter }] } },
      } as ConfigInput);
    expect(bad({ pattern: "foo-bar" })).toThrow("metricFilters[0].pattern: filter pattern is not valid: a term with");
    expect(bad({ pattern: "ERROR", value: "$.ms" })).toThrow("the pattern has no $.ms");
  });

  it("stand beside saved queries, in a folder of the stage", () => {
    const names = propertiesOf(template, "AWS::Logs::QueryDefinition").map(({ Name }) => Name);
    expect(names).toContain("belfry/test/errors");
    expect(names).toContain("belfry/test/slow");
  });
});

describe("tracing", () => {
  const template = synthesize({
    deploy: {
      ...MINIMAL.deploy,
      observe: {
        xray: {
          rate: 0.1,
          groups: [{ name: "slow", filter: "duration > 5" }],
          sampling: [{ name: "health", priority: 1, path: "/health", reservoir: 0, rate: 0 }],
        },
      },
    },
  }).template("Observe");

  it("samples Belfry's own functions, and what is configured, before the default rule", () => {
    template.hasResourceProperties("AWS::XRay::SamplingRule", {
      SamplingRule: {
        RuleName: "belfry-test",
        ServiceName: "belfry-test-*",
        FixedRate: 0.1,
        Version: 1,
        Priority: 9000,
      },
    });
    template.hasResourceProperties("AWS::XRay::SamplingRule", {
      SamplingRule: { RuleName: "health", URLPath: "/health", FixedRate: 0, ReservoirSize: 0 },
    });
  });

  it("groups the stage's traces, those that failed, and what is configured", () => {
    template.hasResourceProperties("AWS::XRay::Group", {
      GroupName: "belfry-test",
      FilterExpression: Match.stringLikeRegexp('service\\("belfry-test-ingest-'),
    });
    template.hasResourceProperties("AWS::XRay::Group", { GroupName: "belfry-test-failed" });
    template.hasResourceProperties("AWS::XRay::Group", { GroupName: "slow", FilterExpression: "duration > 5" });
  });
});
