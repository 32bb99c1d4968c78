import { namesSecret } from "@belfry/core/event/secret-names";
import { describe, expect, it } from "vitest";

const isSecret = (key: string): boolean => namesSecret(Buffer.from(key), 0, Buffer.byteLength(key));

describe("namesSecret", () => {
  it.each([
    "password",
    "masterUserPassword",
    "DB_PASSWORD",
    "pwd",
    "client_secret",
    "aws-secret-access-key",
    "sessionToken",
    "X-Amz-Security-Token",
    "api_key",
    "X-API-Key",
    "private_key",
    "proxy-authorization",
    "cookie",
  ])("knows %s", (key) => {
    expect(isSecret(key)).toBe(true);
  });

  it.each([
    "user",
    "tokenType",
    "nextToken",
    "pagination_token",
    "continuation-token",
    "accessKeyId",
    "secretId",
    "passwordLastUsed",
    "tokens",
    "region",
    "monkey",
  ])("leaves %s", (key) => {
    expect(isSecret(key)).toBe(false);
  });

  it("copes with keys shorter than any name", () => {
    expect(["", "n", "en", "et"].map(isSecret)).toEqual([false, false, false, false]);
  });
});
