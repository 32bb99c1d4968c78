// One line of the configuration changes what it is about, and the functions that read it; nothing else is deployed anew.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Code } from "aws-cdk-lib/aws-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployedConfig } from "../../packages/core/src/config/deploy/deployed-config.ts";
import { parseConfig } from "../../packages/core/src/config/load.ts";
import type { Config, ConfigInput } from "../../packages/core/src/config/schema.ts";
import { type FunctionGroup, sliceConfig } from "../../packages/core/src/config/slice.ts";
import { buildApp } from "../../stacks/build-app.ts";
import { MINIMAL, ORGANIZATION } from "./support/synth.ts";
import { differences, touched } from "./support/template-diff.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "belfry-change-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The templates of a configuration, each function with the part of it that `npm run build` would give it, and with code that never changes. */
function templatesOf(input: ConfigInput): Record<string, unknown> {
  const config = parseConfig(input, "test");
  const deployed = deployedConfig(config);
  const app = new App({ outdir: mkdtempSync(join(folder, "out-")), analyticsReporting: false });
  const code = (name: string): Code => Code.fromAsset(bundle(deployed, name));
  const stacks = buildApp(app, config, { stage: "test", code });
  return Object.fromEntries([...stacks].map(([name, stack]) => [name, Template.fromStack(stack).toJSON()]));
}

function bundle(config: Config, name: string): string {
  const path = join(mkdtempSync(join(folder, "bundle-")), name);
  mkdirSync(path);
  writeFileSync(join(path, "index.mjs"), "export const handler = async () => null;\n");
  const [group] = name.split("-");
  writeFileSync(join(path, "config.json"), JSON.stringify(sliceConfig(config, group as FunctionGroup)));
  return path;
}

describe("what `cdk diff` shows of a change of one line", () => {
  const organization = () => templatesOf(ORGANIZATION);

  it("is, for an account's name, the functions that put it into records and alerts, and the dashboard that shows it", () => {
    const named = templatesOf({ ...ORGANIZATION, accounts: { "444455556666": { name: "shop" } } });
    const changed = differences(organization(), named);
    const isOfAlerting = (place: string) =>
      /^Alerting\/(Resources\/)?\w+Function\w+(\/Properties\/Code\/S3Key)?$/.test(place);
    const others = (places: readonly string[]) => places.filter((place) => !isOfAlerting(place));
    expect(others(changed).filter((place) => !place.includes("/Properties/DashboardBody/"))).toEqual([
      expect.stringMatching(/^Ingest\/Resources\/IngestKinesisFunction\w+\/Properties\/Code\/S3Key$/),
    ]);
    expect(others(touched(organization(), named))).toEqual([
      expect.stringMatching(/^Ingest\/IngestKinesisFunction/),
      "Observe/SourcesDashboard",
    ]);
  });

  it("is, for a region, that region's stacks, whose alarms may come in by the queue of alerting, and the dashboard over all regions", () => {
    const deploy = { ...ORGANIZATION.deploy, regions: ["us-east-1", "ap-southeast-2"] };
    expect(touched(organization(), templatesOf({ ...ORGANIZATION, deploy }))).toEqual([
      expect.stringMatching(/^Alerting\/AlertsQueuePolicy/),
      "Edge-ap-southeast-2",
      "Members-ap-southeast-2",
      "Observe/SourcesDashboard",
    ]);
  });

  it("is, for search, its stack, the functions that write to it, and what watches them", () => {
    const before = templatesOf(MINIMAL);
    const after = templatesOf({ ...MINIMAL, deploy: { ...MINIMAL.deploy, search: { type: "domain" } } });
    const changed = touched(before, after);
    expect(changed).toContain("Search");
    expect(changed.filter((place) => !/^(Search|Ingest|Observe)(\/|$)/.test(place))).toEqual([]);
    // The function's code and role, where the cluster is, and one log group more that is not subscribed to.
    expect(changed.filter((place) => place.startsWith("Ingest/"))).toEqual([
      "Ingest/Parameters",
      "Ingest/AccountSubscription",
      expect.stringMatching(/^Ingest\/IngestSubscriptionFunction/),
      expect.stringMatching(/^Ingest\/IngestSubscriptionRole/),
    ]);
  });

  it("is, for a canary's alarm, that alarm, and for its page the function that runs it", () => {
    const shop = (over: object): ConfigInput =>
      ({
        ...MINIMAL,
        canaries: { shop: { kind: "heartbeat", urls: ["https://shop.example.com/"], ...over } },
      }) as ConfigInput;
    const before = templatesOf(shop({}));
    expect(touched(before, templatesOf(shop({ schedule: "rate(10 minutes)" })))).toEqual([
      "Canaries/Alarmshop",
      "Canaries/Scheduleshop",
    ]);
    expect(touched(before, templatesOf(shop({ urls: ["https://www.example.com/"] })))).toEqual([
      expect.stringMatching(/^Canaries\/CanaryBrowseFunction/),
    ]);
  });

  it("is nothing for a test case, which no function reads", () => {
    const tests = [{ name: "a line", given: { message: "line" }, expect: {} }];
    expect(differences(organization(), templatesOf({ ...ORGANIZATION, tests }))).toEqual([]);
  });
});
