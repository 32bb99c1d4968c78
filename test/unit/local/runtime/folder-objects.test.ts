import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { folderObjects, putObject } from "@belfry/local/runtime/folder-objects";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "belfry-objects-"));
});
afterAll(() => rm(folder, { recursive: true }));

const get = async (bucket: string, key: string) => {
  const body = await folderObjects(folder)({ bucket, key, version: "", region: "" }, new AbortController().signal);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

describe("a folder in place of S3", () => {
  it("gives back what was put, whatever the key", async () => {
    await putObject(folder, "logs", "a b/ü=1/x.gz", Buffer.from("body"));
    expect(await get("logs", "a b/ü=1/x.gz")).toBe("body");
  });

  it("says NOT_FOUND for what is not there, and for what lies outside", async () => {
    for (const [bucket, key] of [
      ["logs", "none"],
      ["logs", "../../etc/passwd"],
      ["..", "x"],
      ["logs", ""],
      ["logs", "/etc/passwd"],
    ]) {
      await expect(get(bucket, key)).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
    await expect(putObject(folder, "logs", "../out", Buffer.from(""))).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
