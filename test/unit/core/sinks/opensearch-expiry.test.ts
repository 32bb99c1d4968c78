import type { HttpRequest } from "@belfry/core/platform/http";
import { deleteExpired } from "@belfry/core/sinks/opensearch-expiry";
import { describe, expect, it } from "vitest";

const NOW = Date.UTC(2026, 10, 22, 12);

function cluster(names: readonly string[], deleteStatus = 200) {
  const deleted: string[] = [];
  const send = async ({ method, path }: HttpRequest) => {
    if (method === "DELETE") {
      deleted.push(path);
      return { status: deleteStatus, body: Buffer.from('{"error":{"reason":"no"}}') };
    }
    const indices = names.map((name) => ({ name, attributes: ["open"] }));
    return { status: 200, body: Buffer.from(JSON.stringify({ indices, aliases: [], data_streams: [] })) };
  };
  return { deleted, send };
}

describe("deleting indices whose retention is over", () => {
  it("takes days that are over by their class's retention, and two days more", async () => {
    const { send, deleted } = cluster([
      "belfry-app.text-2026.11.22",
      "belfry-app.text-2026.10.21",
      "belfry-app.text-2026.10.20",
      "belfry-aws.vpcflow-2026.11.12",
      "belfry-aws.vpcflow-2026.11.13",
    ]);
    const expired = ["belfry-app.text-2026.10.20", "belfry-aws.vpcflow-2026.11.12"];
    expect(await deleteExpired(send, { "aws.vpcflow": 7 }, NOW)).toEqual(expired);
    expect(deleted).toEqual(expired.map((name) => `/${name}`));
  });

  it("touches nothing that is not an index of a day of a class that it knows", async () => {
    const { send, deleted } = cluster([
      "belfry-app.text-undated",
      "belfry-app.text-2020.01.01-copy",
      "belfry-my.own-2020.01.01",
      "belfry-dashboards",
      "belfry-app.text-2020.99.99",
    ]);
    expect(await deleteExpired(send, {}, NOW)).toEqual([]);
    expect(deleted).toEqual([]);
    const own = cluster(["belfry-my.own-2020.01.01"]);
    expect(await deleteExpired(own.send, { "my.own": 30 }, NOW)).toHaveLength(1);
  });

  it("takes what is gone meanwhile as deleted, and raises a refusal", async () => {
    const names = ["belfry-app.text-2020.01.01"];
    expect(await deleteExpired(cluster(names, 404).send, {}, NOW)).toEqual(names);
    await expect(deleteExpired(cluster(names, 403).send, {}, NOW)).rejects.toThrow("answered 403 to DELETE");
  });
});
