import { noAnswer, refusal, retryAfterMs } from "@belfry/core/alerts/channels/answer";
import { Channels } from "@belfry/core/config/channels/schema";
import { parseSecretReference } from "@belfry/core/config/channels/secret-place";
import { BelfryError } from "@belfry/core/platform/errors";
import { cachedSecrets, secretReader } from "@belfry/core/platform/secrets-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AwsEndpoint, awsEndpoint } from "../../../../support/aws-endpoint.ts";
import { NOW_MS } from "../../../../support/notifications.ts";

const signal = new AbortController().signal;
const SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:slack-AbCdEf";
const clock = { now: () => NOW_MS };

describe("a reference of a secret", () => {
  it.each([
    [SECRET, { kind: "secrets-manager", arn: SECRET, region: "eu-west-1" }],
    [`${SECRET}:token`, { kind: "secrets-manager", arn: SECRET, region: "eu-west-1", jsonKey: "token" }],
    ["/belfry/prod/slack", { kind: "parameter", name: "/belfry/prod/slack" }],
    ["env:SLACK_TOKEN", { kind: "environment", variable: "SLACK_TOKEN" }],
    ["xoxb-1234", undefined],
    ["https://hooks.slack.com/services/T0/B0/x", undefined],
  ])("is read: %s", (text, place) => {
    expect(parseSecretReference(text)).toEqual(place);
  });

  it("is not repeated when it is the secret itself", () => {
    const result = Channels.safeParse({ ops: { type: "slack", token: "xoxb-1234", channel: "C024BE91L" } });
    expect(result.success).toBe(false);
    expect(result.error?.message).toContain("not the secret itself");
    expect(result.error?.message).not.toContain("xoxb");
  });
});

describe("a secret", () => {
  let aws: AwsEndpoint;
  beforeAll(async () => {
    aws = await awsEndpoint();
  });
  afterAll(() => aws.close());
  const read = secretReader({ TOKEN: " value\n" });

  it("is read from Secrets Manager, a key of its JSON too, from SSM and from the environment", async () => {
    aws.answers.push({ body: { SecretString: "text" } }, { body: { SecretString: '{"token":"inner"}' } });
    aws.answers.push({ body: { Parameter: { Value: "parameter" } } });
    expect(await read(SECRET, signal)).toBe("text");
    expect(await read(`${SECRET}:token`, signal)).toBe("inner");
    expect(await read("/belfry/prod/slack", signal)).toBe("parameter");
    expect(await read("env:TOKEN", signal)).toBe("value");
    expect(aws.calls).toEqual([
      ["GetSecretValue", { SecretId: SECRET }],
      ["GetSecretValue", { SecretId: SECRET }],
      ["GetParameter", { Name: "/belfry/prod/slack", WithDecryption: true }],
    ]);
  });

  it("is missing in plain words, without its text", async () => {
    aws.answers.push({ body: { SecretString: "very secret" } }, { body: { SecretString: "{}" } });
    await expect(read(`${SECRET}:token`, signal)).rejects.toThrow(
      /^the secret .* is not JSON, so it has no key token$/,
    );
    await expect(read(`${SECRET}:token`, signal)).rejects.toMatchObject({ code: "BAD_CONFIG" });
    await expect(read("env:NOTHING", signal)).rejects.toThrow("the secret env:NOTHING has no text: give it one");
    await expect(read("xoxb-1", signal)).rejects.toThrow("a reference of a secret is of no known form");
  });

  it("is kept for a while, but not a failure", async () => {
    let nowMs = 0;
    const values: (string | Error)[] = ["a", new Error("no"), "b", "c"];
    const secrets = cachedSecrets(
      async () => {
        const value = values.shift();
        if (typeof value !== "string") throw value;
        return value;
      },
      { now: () => nowMs },
      1000,
    );
    expect(await Promise.all([secrets.read("x", signal), secrets.read("x", signal)])).toEqual(["a", "a"]);
    nowMs = 1000;
    await expect(secrets.read("x", signal)).rejects.toThrow("no");
    expect(await secrets.read("x", signal)).toBe("b");
    expect(await secrets.reread("x", signal)).toBe("c");
    expect(await secrets.read("x", signal)).toBe("c");
  });
});

describe("the configuration of channels", () => {
  it("has defaults, and an inbox when nothing is said", () => {
    expect(Channels.parse(undefined)).toEqual({
      inbox: { type: "inbox", maxAttempts: 6, giveUpAfterMinutes: 60, onUnknown: "resend" },
    });
  });

  it.each([
    ["a fall-back that is not there", { a: { type: "inbox", fallback: "b" } }, "there is no channel b"],
    ["its own fall-back", { a: { type: "inbox", fallback: "a" } }, "cannot be its own fall-back"],
    ["an unknown key", { a: { type: "inbox", colour: "red" } }, "colour"],
    [
      "a channel's name for its id",
      { a: { type: "slack", token: "env:T", channel: "#ops" } },
      "expected the channel's id",
    ],
    ["a webhook in the clear", { a: { type: "webhook", url: "http://example.com/", signingSecret: "env:S" } }, "https"],
  ])("refuses %s", (_, given, words) => {
    expect(Channels.safeParse(given).error?.message).toContain(words);
  });
});

describe("an answer", () => {
  const answer = (status: number, retryAfter?: string) => ({
    status,
    body: Buffer.from("words"),
    headers: retryAfter === undefined ? {} : { "retry-after": retryAfter },
  });

  it.each([
    ["7", 7000],
    ["1.5", 1500],
    [new Date(NOW_MS + 60_000 - (NOW_MS % 1000)).toUTCString(), 60_000],
    ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["999999999", 3_600_000],
    ["soon", undefined],
    [undefined, undefined],
  ])("says when to come back: %s", (text, ms) => {
    expect(retryAfterMs(answer(429, text), clock)).toBe(ms);
  });

  it.each([
    [200, undefined],
    [429, "retry"],
    [408, "retry"],
    [503, "retry"],
    [400, "failed"],
    [302, "failed"],
  ])("of status %d means: %s", (status, outcome) => {
    expect(refusal(answer(status), clock)?.outcome).toBe(outcome);
  });

  it.each([
    ["ECONNREFUSED", "retry"],
    ["ENOTFOUND", "retry"],
    ["ECONNRESET", "unknown"],
    ["ETIMEDOUT", "unknown"],
  ])("that does not come, by %s, means: %s", (code, outcome) => {
    const cause = Object.assign(new Error(code), { code });
    expect(noAnswer(new BelfryError("UNAVAILABLE", "no answer", { cause }), true).outcome).toBe(outcome);
    expect(noAnswer(new BelfryError("UNAVAILABLE", "no answer", { cause }), false).outcome).toBe("retry");
  });
});
