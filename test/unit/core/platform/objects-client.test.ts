import { AwsCallError } from "@belfry/core/platform/aws-call";
import { s3List } from "@belfry/core/platform/objects-client";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type FakeAws, fakeAws } from "../../../support/fake-aws.ts";

let fake: FakeAws;
beforeAll(async () => {
  fake = await fakeAws();
  vi.stubEnv("AWS_ENDPOINT_URL", fake.url);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await fake.close();
});

const { signal } = new AbortController();

describe("a list of objects", () => {
  it("goes on behind a key, to the last page", async () => {
    for (const key of ["logs/a", "logs/b", "logs/c", "other/d"]) fake.objects.set(`/belfry/${key}`, Buffer.from(key));
    const list = s3List("belfry", "eu-central-1");
    const first = await list("logs/", undefined, signal);
    expect(first).toEqual({
      isLast: false,
      objects: ["logs/a", "logs/b"].map((key) => ({
        key,
        version: `e-${key}`,
        modifiedMs: Date.UTC(2026, 10, 22, 12),
      })),
    });
    const second = await list("logs/", "logs/b", signal);
    expect(second).toMatchObject({ isLast: true, objects: [{ key: "logs/c" }] });
    expect(await list("none/", undefined, signal)).toEqual({ isLast: true, objects: [] });
  });

  it("names the permission that is missing", async () => {
    fake.refusals.push("403 AccessDenied");
    const listed = s3List("belfry", "eu-central-1")("logs/", undefined, signal);
    await expect(listed).rejects.toThrow(AwsCallError);
    await expect(listed).rejects.toMatchObject({ action: "s3:ListBucket", retryable: expect.any(Boolean) });
  });
});
