import { createHash } from "node:crypto";
import https from "node:https";
import { openSearchSender, s3Get } from "@belfry/core/platform/clients";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type FakeAws, fakeAws } from "../../../support/fake-aws.ts";
import { fakeOpenSearch } from "../../../support/fake-opensearch.ts";

beforeEach(() => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  vi.stubEnv("AWS_SESSION_TOKEN", "token");
  vi.stubEnv("AWS_REGION", undefined);
  vi.stubEnv("AWS_DEFAULT_REGION", undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("openSearchSender", () => {
  it.each(["es", "aoss"] as const)(
    "signs requests for %s: body, host and session token, not the length",
    async (service) => {
      const body = Buffer.from('{"create":{}}\n');
      let headers: Record<string, string> = {};
      vi.spyOn(https, "request").mockImplementation((options) => {
        headers = (options as unknown as { headers: Record<string, string> }).headers;
        throw new Error("not sent by the test");
      });
      const send = openSearchSender("https://abc.eu-central-1.example.com", { service, region: "eu-central-1" });
      await expect(send({ method: "POST", path: "/_bulk", headers: {}, body })).rejects.toThrow("not sent by the test");
      const day = headers["x-amz-date"].slice(0, 8);
      expect(headers.authorization).toContain(`Credential=AKIDEXAMPLE/${day}/eu-central-1/${service}/aws4_request`);
      expect(headers.authorization).toContain(
        "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,",
      );
      expect(headers["x-amz-content-sha256"]).toBe(createHash("sha256").update(body).digest("hex"));
      expect(headers["content-length"]).toBe(String(body.length));
    },
  );

  it("does not sign for local servers", async () => {
    const fake = await fakeOpenSearch();
    const { status } = await openSearchSender(fake.url, { service: "es" })({ method: "PUT", path: "/x", headers: {} });
    await fake.close();
    expect(status).toBe(200);
    expect(() => openSearchSender("https://admin:secret@localhost:9200", { service: "es" })).not.toThrow();
    expect(() => openSearchSender("https://localhost:9200", { service: "none" })).not.toThrow();
  });

  it("says when it knows no region to sign for", () => {
    const make = () => openSearchSender("https://search.example.com", { service: "es" });
    expect(make).toThrowError(expect.objectContaining({ code: "BAD_CONFIG" }));
    vi.stubEnv("AWS_REGION", "eu-west-1");
    expect(make).not.toThrow();
  });
});

describe("s3Get", () => {
  let aws: FakeAws;
  beforeEach(async () => {
    aws = await fakeAws();
    vi.stubEnv("AWS_ENDPOINT_URL", aws.url);
  });
  afterEach(() => aws.close());

  it("reads an object, and tells one that is missing from trouble that may pass", async () => {
    const place = { bucket: "b", key: "a b", region: "eu-north-1" };
    const signal = new AbortController().signal;
    aws.objects.set("/b/a b", Buffer.from("content"));
    const chunks: Uint8Array[] = [];
    for await (const chunk of await s3Get(place, signal)) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString("utf8")).toBe("content");
    await expect(s3Get({ ...place, key: "c" }, signal)).rejects.toMatchObject({ code: "NOT_FOUND" });
    aws.refusals.push("503 SlowDown");
    await expect(s3Get(place, signal)).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
  });
});
