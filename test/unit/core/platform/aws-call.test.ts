import { AwsCallError, allPages, awsCall } from "@belfry/core/platform/aws-call";
import { describe, expect, it } from "vitest";

function named(name: string): Error {
  return Object.assign(new Error("said the service"), { name });
}

describe("AwsCallError", () => {
  it.each([
    ["AccessDeniedException", "denied", "UNAVAILABLE"],
    ["AccessDenied", "denied", "UNAVAILABLE"],
    ["UnauthorizedOperation", "denied", "UNAVAILABLE"],
    ["CredentialsProviderError", "credentials", "BAD_CONFIG"],
    ["ExpiredTokenException", "credentials", "BAD_CONFIG"],
    ["UnrecognizedClientException", "credentials", "BAD_CONFIG"],
    ["ThrottlingException", "other", "UNAVAILABLE"],
  ])("takes %s for %s", (name, refusal, code) => {
    const error = new AwsCallError("logs:DescribeLogGroups", named(name));
    expect(error).toMatchObject({ refusal, code, awsName: name, action: "logs:DescribeLogGroups" });
    expect(error.message).toBe(`logs:DescribeLogGroups failed: ${name}: said the service`);
  });

  it("names a connection's error by its code", () => {
    const refusals = new AggregateError([], "");
    Object.assign(refusals, { code: "ECONNREFUSED" });
    expect(new AwsCallError("sts:GetCallerIdentity", refusals)).toMatchObject({
      awsName: "ECONNREFUSED",
      retryable: true,
    });
  });

  it("gives the status of an answer that says nothing else", () => {
    const bare = Object.assign(named("Unknown"), { $metadata: { httpStatusCode: 501 } });
    expect(new AwsCallError("health:DescribeEvents", bare).message).toContain("an answer of status 501");
  });
});

describe("allPages", () => {
  it("asks with the token of the page before, until there is none", async () => {
    const tokens: (string | undefined)[] = [];
    const all = await allPages("a:B", async (token) => {
      tokens.push(token);
      return tokens.length < 3 ? { items: [tokens.length], next: `t${tokens.length}` } : { items: [], next: undefined };
    });
    expect({ all, tokens }).toEqual({ all: [1, 2], tokens: [undefined, "t1", "t2"] });
  });

  it("says which action failed", async () => {
    const fail = () => Promise.reject(named("Throttling"));
    await expect(allPages("a:B", fail)).rejects.toThrow("a:B failed: Throttling");
    await expect(awsCall("a:C", fail)).rejects.toMatchObject({ action: "a:C" });
  });
});
