import { checkHealthApi } from "@belfry/core/doctor/health";
import { checkHealthOrganization, checkOrganization, checkStackSets } from "@belfry/core/doctor/organization";
import { describe, expect, it } from "vitest";
import { ACCOUNT, refused, run } from "./account.ts";

const STACKSETS = "member.org.stacksets.cloudformation.amazonaws.com";
const ID = "o-a1b2c3d4e5";

function configured(callAs: "DELEGATED_ADMIN" | "SELF" = "DELEGATED_ADMIN", id = ID) {
  return { profile: "organization" as const, organization: { id, units: ["ou-ab12-c3d4e5f6"], callAs } };
}

const asMember = { organization: async () => ({ id: ID, managementAccount: "999999999999" }) };
const asManagement = { organization: async () => ({ id: ID, managementAccount: ACCOUNT }) };
const trusted = { trustedServices: async () => [STACKSETS, "health.amazonaws.com"] };
const delegated = { ...asMember, delegatedAdministrators: async () => [ACCOUNT] };

describe("organization", () => {
  it("says what the account is in its organization", async () => {
    expect(await run(checkOrganization, asMember)).toEqual([{ status: "ok", what: `a member of organization ${ID}` }]);
    expect(await run(checkOrganization, asManagement, configured())).toEqual([
      { status: "ok", what: `the management account of organization ${ID}` },
    ]);
    expect(await run(checkOrganization)).toMatchObject([{ status: "ok" }]);
  });

  it("is a problem when another organization is configured, or the account is in none", async () => {
    expect(await run(checkOrganization, asMember, configured("SELF", "o-otherother"))).toMatchObject([
      { status: "problem", what: `the account is in organization ${ID}, deploy.organization.id is o-otherother` },
    ]);
    expect(await run(checkOrganization, {}, configured())).toMatchObject([
      { status: "problem", what: "the account is in no organization" },
    ]);
  });
});

describe("stacksets", () => {
  it.each([
    ["a delegated administrator", { ...delegated, ...trusted }, "DELEGATED_ADMIN", "ok"],
    ["a delegated administrator that calls as itself", { ...delegated, ...trusted }, "SELF", "problem"],
    ["the management account", { ...asManagement, ...trusted }, "SELF", "ok"],
    ["the management account as if delegated", { ...asManagement, ...trusted }, "DELEGATED_ADMIN", "problem"],
    ["no trusted access", delegated, "DELEGATED_ADMIN", "problem"],
    ["a plain member", { ...asMember, ...trusted }, "DELEGATED_ADMIN", "problem"],
  ] as const)("with %s", async (_, account, callAs, status) => {
    expect(await run(checkStackSets, account, configured(callAs))).toMatchObject([{ status }]);
  });

  it("gives a plain member the command that makes it an administrator", async () => {
    const [{ fix }] = await run(checkStackSets, asMember, configured());
    expect(fix).toContain(`register-delegated-administrator --service-principal ${STACKSETS} --account-id ${ACCOUNT}`);
  });

  it("does not tell a plain member from missing permissions where Organizations refuses both", async () => {
    const denied = {
      ...asMember,
      delegatedAdministrators: () => Promise.reject(refused("organizations:ListDelegatedAdministrators")),
    };
    await expect(run(checkStackSets, denied, configured())).rejects.toThrow(
      /^organizations:ListDelegatedAdministrators is refused: this account is no delegated administrator, or/,
    );
  });

  it("does not arise when the collector is deployed by hand, or the account is in no organization", async () => {
    const byHand = { profile: "organization" as const, organization: { id: ID } };
    expect(await run(checkStackSets, asMember, byHand)).toEqual([]);
    expect(await run(checkStackSets, {}, configured())).toEqual([]);
  });
});

describe("health-organization", () => {
  it.each([
    ["a delegated administrator", { ...delegated, ...trusted }, "ok"],
    ["the management account", { ...asManagement, ...trusted }, "ok"],
    ["the organizational view off", delegated, "warning"],
    ["a plain member", asMember, "warning"],
  ] as const)("with %s", async (_, account, status) => {
    expect(await run(checkHealthOrganization, account, configured())).toMatchObject([{ status }]);
  });

  it("does not arise without an organization", async () => {
    expect(await run(checkHealthOrganization, asMember)).toEqual([]);
  });
});

describe("health-api", () => {
  it("is ok without the support plan, too", async () => {
    const [verdict] = await run(checkHealthApi, { hasHealthApi: async () => false });
    expect(verdict).toMatchObject({ status: "ok", what: expect.stringContaining("EventBridge only") });
    expect(await run(checkHealthApi)).toMatchObject([{ status: "ok" }]);
  });
});
