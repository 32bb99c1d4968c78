import { signRequest } from "@belfry/core/platform/signing-client";
import { afterEach, expect, test, vi } from "vitest";

afterEach(() => vi.unstubAllEnvs());

test("a request is signed with the environment's credentials, its body and each of its parameters included", async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret-of-the-example");
  vi.stubEnv("AWS_SESSION_TOKEN", "token-of-the-example");
  const url = new URL("https://api.example.com/orders?id=1&id=2");
  const scope = { service: "execute-api", region: "eu-west-1" };
  const sign = (body: string, at = url) =>
    signRequest({ method: "POST", url: at, headers: { host: at.host }, body }, scope, new AbortController().signal);
  const headers = await sign("{}");
  expect(headers).toMatchObject({ host: "api.example.com", "x-amz-security-token": "token-of-the-example" });
  expect(headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/execute-api\/aws4_request, SignedHeaders=host;[\w;-]+, Signature=[0-9a-f]{64}$/,
  );
  expect((await sign("{ }")).authorization).not.toBe(headers.authorization);
  expect((await sign("{}", new URL("https://api.example.com/orders?id=1"))).authorization).not.toBe(
    headers.authorization,
  );
});
