// The commands that try who is on call, over our own samples of events.
import { globSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OnCallInput } from "@belfry/core/config/oncall/schema";
import { ExitCode } from "@belfry/local/cli/exit-code";
import { belfryCommand } from "@belfry/local/program";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FakeTerminal } from "../unit/local/fake-terminal.ts";

const samples = globSync("test/fixtures/events/**/*.json").sort();
const alarm = "test/fixtures/events/cloudwatch/metric-alarm.json";
const carriers: Record<string, unknown> = JSON.parse(readFileSync("test/fixtures/alerts/one-alarm.json", "utf8"));

const oncall: OnCallInput = {
  route: {
    receiver: "team",
    groupBy: ["account", "region", "service"],
    routes: [
      { pattern: { source: ["aws.health"] }, receiver: "team" },
      { matchers: ['service="ec2"'], receiver: "pager" },
    ],
  },
  receivers: { team: { channels: ["slack"] }, pager: { channels: ["pagerduty"], escalation: "standard" } },
  people: { ada: { channels: ["sms"] } },
  escalations: { standard: { steps: [{ wait: "5m", schedule: "primary" }] } },
  schedules: { primary: { layers: [{ start: "2026-01-05T09:00", people: ["ada"] }] } },
};

const channels = { slack: { type: "inbox" }, pagerduty: { type: "inbox" }, sms: { type: "inbox" } };

let folder: string;
let config: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "belfry-oncall-"));
  config = join(folder, "belfry.config.json");
  await writeFile(config, JSON.stringify({ oncall, channels }));
});
afterAll(() => rm(folder, { recursive: true }));

async function belfry(...args: string[]) {
  const terminal = new FakeTerminal();
  await belfryCommand(terminal).parseAsync([...args, "--config", config], { from: "user" });
  return { ...terminal, text: terminal.printed.join("\n") };
}

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

describe("belfry simulate", () => {
  it("says of every sample what became of it", async () => {
    const { printed, exitCode } = await belfry("simulate", ...samples, "--json");
    const { events, entries } = JSON.parse(printed[0]);
    expect(exitCode).toBe(ExitCode.done);
    expect(events.map(({ event }: { event: string }) => event).sort()).toEqual(samples);
    for (const { alerts, reason } of events) expect(alerts.length > 0 || reason !== "").toBe(true);
    const people = new Set(entries.map(({ person }: { person?: string }) => person));
    expect(people).toContain("ada");
  });

  it("prints a timeline, what became of each, and sums up", async () => {
    const { text, notes } = await belfry("simulate", alarm, "--ack-after", "7m", "--until", "2026-03-02T12:00:00Z");
    expect(text).toMatch(/10:16:00 +page +pagerduty +opened +web-cpu +1 alert fires/);
    expect(text).toMatch(
      /10:21:00 +page +ada +escalation +web-cpu +the chain standard, on call by primary; told by sms/,
    );
    expect(text).toMatch(/10:23:00 +ada +acknowledged/);
    expect(text).toContain(`${alarm}  told`);
    expect(notes).toEqual(["1 event, 1 alert (1 told), 2 pages, 0 reminders"]);
  });

  it("folds reminders", async () => {
    const { text } = await belfry("simulate", alarm);
    expect(text).toMatch(/reminder ×11 +web-cpu/);
  });

  it("pages once for an alarm that comes by three carriers", async () => {
    const { eventBridge, snsMessage, lambdaAction } = carriers;
    const events = await file(
      "carriers.ndjson",
      [eventBridge, snsMessage, lambdaAction].map((event) => JSON.stringify(event)).join("\n"),
    );
    const { printed } = await belfry("simulate", events, "--json", "--until", "2026-11-22T10:30:00Z");
    const { events: outcomes, entries } = JSON.parse(printed[0]);
    const became = outcomes.flatMap(({ alerts }: { alerts: { became: string }[] }) =>
      alerts.map((alert) => alert.became),
    );
    expect(became.sort()).toEqual(["again", "again", "told"]);
    expect(entries).toHaveLength(1);
  });

  it("silences", async () => {
    const { text } = await belfry("simulate", alarm, "--silence", 'alarmname="web-cpu"');
    expect(text).toContain('silenced: alarmname="web-cpu"');
    expect(text).toContain("nobody is told anything");
    await expect(belfry("simulate", alarm, "--silence", 'env!="x"')).rejects.toThrow("a silence needs a matcher");
  });

  it("refuses what is no JSON, with its place, files without events, and times that are none", async () => {
    await expect(belfry("simulate", await file("bad.json", "{\n oops"))).rejects.toThrow(/bad\.json is not JSON: /);
    await expect(belfry("simulate", await file("bad.ndjson", "{}\noops"))).rejects.toThrow(
      /bad\.ndjson is not JSON in line 2: /,
    );
    await expect(belfry("simulate", await file("none.json", "[]"))).rejects.toThrow("there are no events in");
    await expect(belfry("simulate", join(folder, "no.json"))).rejects.toThrow("cannot read");
  });
});

describe("belfry route test", () => {
  it("shows the way of an alert, with reasons", async () => {
    const { text, exitCode } = await belfry("route", "test", alarm);
    expect(exitCode).toBe(ExitCode.done);
    expect(text).toContain('alarmname="web-cpu"');
    expect(text).toContain('=>  route.routes[1] {service="ec2"}');
    expect(text).toMatch(/channels +pagerduty/);
    expect(text).toMatch(/held back +by nothing now/);
  });

  it("says why routes do not match, and answers for programs", async () => {
    const event = { source: "own", "detail-type": "Broken", detail: { state: "failed" } };
    const { printed } = await belfry("route", "test", JSON.stringify(event), "--json");
    const { path, ends } = JSON.parse(printed[0]);
    expect(path.routes.map(({ failed }: { failed: string[] }) => failed)).toEqual([
      [`the pattern's source: the event has "own"`],
      ['service="ec2": it is "own"'],
    ]);
    expect(ends).toMatchObject([
      { place: "route", receiver: "team", channels: ["slack"], groupLabels: { service: "own" } },
    ]);
  });

  it("ends with 1 and the reason when it is no alert, and takes one event only", async () => {
    expect(await belfry("route", "test", "{}")).toMatchObject({
      printed: ["no alert: neither an event of EventBridge nor a message of SNS nor an alarm's action"],
      exitCode: ExitCode.no,
    });
    await expect(belfry("route", "test", await file("two.json", "[{},{}]"))).rejects.toThrow("give one event, not 2");
  });

  it("shows a page of AWS Health as what is known without the others", async () => {
    const { text } = await belfry("route", "test", "test/fixtures/events/health/issue.json");
    expect(text).toContain("=>  route.routes[0] pattern");
  });
});
