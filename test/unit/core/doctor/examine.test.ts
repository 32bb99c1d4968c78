import { readFile } from "node:fs/promises";
import { Deploy } from "@belfry/core/config/deploy/schema";
import type { DoctorPorts } from "@belfry/core/doctor/check";
import { CHECKS } from "@belfry/core/doctor/checks";
import { type ExamineOptions, examine } from "@belfry/core/doctor/examine";
import { checkIdentity, checkRegion } from "@belfry/core/doctor/reach";
import { doctorSettings } from "@belfry/core/doctor/settings";
import { describe, expect, it } from "vitest";
import { policyOfPage } from "../../../support/policy-of-page.ts";
import { ACCOUNT, account, refused, settingsFor } from "./account.ts";

const patient: ExamineOptions = { concurrency: 4, deadline: () => new AbortController().signal };

describe("examine", () => {
  it("finds nothing in the way of an account that is ready", async () => {
    const { identity, findings } = await examine(settingsFor(), account(), patient);
    expect(identity.account).toBe(ACCOUNT);
    expect(findings.filter(({ status }) => status !== "ok")).toEqual([]);
    expect(findings.map(({ id }) => id).slice(0, 3)).toEqual(["credentials", "region", "cdk-bootstrap"]);
  });

  it("answers in the order of the checks, region by region, however many run at once", async () => {
    const settings = settingsFor({ regions: ["us-east-1", "ap-south-1"] });
    const order = async (concurrency: number) =>
      (await examine(settings, account(), { ...patient, concurrency })).findings.map(({ id, region }) => [id, region]);
    expect(await order(7)).toEqual(await order(1));
    expect((await order(1)).filter(([id]) => id === "stacks").map(([, region]) => region)).toEqual([
      "eu-west-1",
      "us-east-1",
      "ap-south-1",
    ]);
  });

  it("never runs more checks at once than it may", async () => {
    let running = 0;
    let most = 0;
    const slow = async () => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      return [];
    };
    const ports = account({
      subscriptionPolicies: slow,
      resourcePolicies: slow,
      stacks: slow,
      activeExportTasks: slow,
    });
    const settings = settingsFor({ regions: ["us-east-1", "ap-south-1"] });
    await examine(settings, ports, { ...patient, concurrency: 2 });
    expect(most).toBe(2);
  });

  it("names the action that is not allowed, and goes on", async () => {
    const ports = account({ subscriptionPolicies: () => Promise.reject(refused("logs:DescribeAccountPolicies")) });
    const { findings } = await examine(settingsFor(), ports, patient);
    expect(findings.filter(({ status }) => status !== "ok")).toEqual([
      {
        id: "account-policy",
        region: "eu-west-1",
        status: "unknown",
        what: "not allowed to call logs:DescribeAccountPolicies",
        fix: "allow logs:DescribeAccountPolicies: docs/doctor.md has the policy for all checks",
        link: expect.stringMatching(/^https:/),
      },
    ]);
  });

  it("makes every refusal, and every defect, an unknown", async () => {
    const names = Object.keys(account()).filter((name) => name !== "callerIdentity") as (keyof DoctorPorts)[];
    for (const thrown of [refused("x:Y"), refused("x:Y", "ThrottlingException"), new TypeError("of our own")]) {
      const fail = () => {
        throw thrown;
      };
      const ports = account(Object.fromEntries(names.map((name) => [name, fail])));
      const { findings } = await examine(settingsFor(), ports, patient);
      const statuses = findings.slice(2).map(({ status }) => status);
      expect(new Set(statuses)).toEqual(new Set(["unknown"]));
      expect(statuses.length).toBeGreaterThan(8);
    }
  });

  it("gives up a check that gets no answer", async () => {
    const controller = new AbortController();
    const hang = () => {
      controller.abort();
      return new Promise<never>(() => undefined);
    };
    const { findings } = await examine(settingsFor(), account({ resourcePolicies: hang }), {
      concurrency: 1,
      deadline: () => (controller.signal.aborted ? new AbortController().signal : controller.signal),
    });
    expect(findings.filter(({ status }) => status !== "ok")).toMatchObject([
      { id: "resource-policies", status: "unknown", what: "no answer in time" },
    ]);
  });

  it("does not look into a region that refuses the credentials", async () => {
    const ready = account();
    const ports = account({
      callerIdentity: async (region, signal) => {
        if (region === "ap-east-1") throw refused("sts:GetCallerIdentity", "InvalidClientTokenId");
        return ready.callerIdentity(region, signal);
      },
    });
    const { findings } = await examine(settingsFor({ regions: ["ap-east-1"] }), ports, patient);
    expect(findings.filter(({ region }) => region === "ap-east-1")).toMatchObject([
      { id: "region", status: "problem", what: expect.stringContaining("not enabled") },
    ]);
  });

  it("says of a region that there is none of that name", async () => {
    const ports = account({
      callerIdentity: async (region) => {
        if (region === "eu-west-9") throw refused("sts:GetCallerIdentity", "ENOTFOUND");
        return { account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root` };
      },
    });
    const { findings } = await examine(
      settingsFor({ regions: ["eu-west-9"], account: "999999999999" }),
      ports,
      patient,
    );
    expect(findings.filter(({ status }) => status === "problem")).toMatchObject([
      { id: "credentials", what: `the credentials are of account ${ACCOUNT}, deploy.account is 999999999999` },
      { id: "region", region: "eu-west-9", what: expect.stringContaining("no such region") },
    ]);
  });

  it("raises what the first call raises: without an identity there is nothing to say", async () => {
    const ports = account({
      callerIdentity: () => Promise.reject(refused("sts:GetCallerIdentity", "CredentialsProviderError")),
    });
    await expect(examine(settingsFor(), ports, patient)).rejects.toMatchObject({ refusal: "credentials" });
  });
});

describe("the checks", () => {
  const all = [checkIdentity, checkRegion, ...CHECKS];

  it("need just the actions of the policy on their page", async () => {
    const needed = new Set(all.flatMap(({ actions }) => actions));
    expect([...needed].sort()).toEqual(await policyOfPage("docs/doctor.md"));
  });

  it("have a part of their page each, in their order", async () => {
    const headings = [...(await readFile("docs/doctor.md", "utf8")).matchAll(/^## ([a-z-]+)$/gm)].map(([, id]) => id);
    expect(headings).toEqual(all.map(({ id }) => id));
  });

  it("have ids of their own and name at least one action each", () => {
    const ids = CHECKS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { actions } of CHECKS) expect(actions.length).toBeGreaterThan(0);
  });
});

describe("doctorSettings", () => {
  it("adds the regions of global events, for their stacks alone", async () => {
    const settings = settingsFor({ globalEvents: true, regions: ["us-east-1"] });
    expect(settings).toMatchObject({ regions: ["eu-west-1", "us-east-1"], eventRegions: ["us-west-2"] });
    const { findings } = await examine(settings, account(), patient);
    const there = findings.filter(({ region }) => region === "us-west-2");
    expect(there.map(({ id }) => id)).toEqual(["region", "cdk-bootstrap", "stacks"]);
    expect(settingsFor({ globalEvents: true }, ["eu-west-1"]).eventRegions).toEqual([]);
    expect(settingsFor({ globalEvents: true, region: "cn-north-1" }).eventRegions).toEqual([]);
  });

  it("refuses regions that cannot be, and so does it with stages", () => {
    expect(() => settingsFor({}, ["eu-west"])).toThrow('a region is written as in eu-west-1, got "eu-west"');
    const wanted = { stage: "Prod", version: "1.0.0" };
    expect(() => doctorSettings(Deploy.parse({}), wanted)).toThrow('hyphens, got "Prod"');
  });

  it("takes given regions in place of the configured ones, and the configured home among them", () => {
    const deploy = { regions: ["us-east-1"] };
    expect(settingsFor(deploy)).toMatchObject({ homeRegion: "eu-west-1", regions: ["eu-west-1", "us-east-1"] });
    expect(settingsFor(deploy, ["ap-south-1"])).toMatchObject({ homeRegion: "ap-south-1", regions: ["ap-south-1"] });
    expect(settingsFor(deploy, ["us-east-1", "eu-west-1", "us-east-1"])).toMatchObject({
      homeRegion: "eu-west-1",
      regions: ["us-east-1", "eu-west-1"],
    });
  });
});
