import { httpSender } from "@belfry/core/platform/http";
import { indexTemplate, retentionPolicy, setUpOpenSearch } from "@belfry/core/sinks/opensearch-setup";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FakeOpenSearch, fakeOpenSearch } from "../../../support/fake-opensearch.ts";

interface Template {
  index_patterns: string[];
  priority: number;
  template: { mappings: { dynamic: boolean; properties: Record<string, { properties?: object }> } };
}

describe("index templates", () => {
  it("take in no field that a document brings", () => {
    const { template } = indexTemplate("app.json") as Template;
    expect(template.mappings.dynamic).toBe(false);
    expect(template.mappings.properties.app).toEqual({ type: "flat_object" });
    expect(template.mappings.properties["@timestamp"]).toEqual({ type: "date" });
    expect(template.mappings.properties.source).toMatchObject({
      properties: { ip: { type: "ip" }, port: { type: "long" } },
    });
  });

  it("have for each class a pattern of its own, before the one for all others", () => {
    const own = indexTemplate("aws.vpcflow") as Template;
    const others = indexTemplate(undefined) as Template;
    expect([own.index_patterns, others.index_patterns]).toEqual([["belfry-aws.vpcflow-*"], ["belfry-*"]]);
    expect(own.priority).toBeGreaterThan(others.priority);
  });
});

describe("retention policies", () => {
  it("delete the indices of days, not the undated one", () => {
    const { policy } = retentionPolicy("app.text", 14) as {
      policy: { states: object[]; ism_template: { index_patterns: string[] }[] };
    };
    expect(policy.ism_template[0].index_patterns).toEqual(["belfry-app.text-2*"]);
    expect(policy.states[0]).toMatchObject({ transitions: [{ conditions: { min_index_age: "16d" } }] });
  });
});

describe("setUpOpenSearch", () => {
  let fake: FakeOpenSearch;
  beforeEach(async () => {
    fake = await fakeOpenSearch();
  });
  afterEach(() => fake.close());

  it("puts templates and policies", async () => {
    fake.plugins = true;
    const report = await setUpOpenSearch({ send: httpSender(new URL(fake.url)), retentionDays: { "my.class": 7 } });
    expect(report.templates).toContain("belfry-aws.cloudtrail");
    expect(report.policies).toContain("belfry-my.class");
    expect(report.notes).toEqual([]);
    expect(fake.puts.map(({ path }) => path)).toContain("/_index_template/belfry");
    expect(fake.puts.at(-1)?.body).toContain('"9d"');
  });

  it("says in plain words that the cluster has no index management", async () => {
    const report = await setUpOpenSearch({ send: httpSender(new URL(fake.url)) });
    expect(report.policies).toEqual([]);
    expect(report.notes).toEqual([expect.stringContaining("plugin is not there")]);
  });

  it("replaces a policy by naming the version that it replaces", async () => {
    const calls: string[] = [];
    const send = async ({ method, path }: { method: string; path: string }) => {
      calls.push(`${method} ${path}`);
      const known = { status: 200, body: Buffer.from('{"_id":"x","_seq_no":7,"_primary_term":2}') };
      if (method === "PUT" && path === "/_plugins/_ism/policies/belfry-app.text")
        return { status: 409, body: Buffer.from("{}") };
      return known;
    };
    await setUpOpenSearch({ send });
    expect(calls).toContain("GET /_plugins/_ism/policies/belfry-app.text");
    expect(calls).toContain("PUT /_plugins/_ism/policies/belfry-app.text?if_seq_no=7&if_primary_term=2");
  });

  it("lets the writer in by a role of the cluster's own, for Belfry's indices only", async () => {
    fake.plugins = true;
    const writerRole = "arn:aws:iam::111122223333:role/writer";
    const report = await setUpOpenSearch({ send: httpSender(new URL(fake.url)), writerRoles: [writerRole] });
    expect(report.roles).toEqual(["belfry-writer"]);
    const [role, mapping] = fake.puts.slice(-2);
    expect(role.path).toBe("/_plugins/_security/api/roles/belfry-writer");
    expect(JSON.parse(role.body)).toMatchObject({
      cluster_permissions: ["indices:data/write/bulk"],
      index_permissions: [{ index_patterns: ["belfry-*"] }],
    });
    expect(mapping.path).toBe("/_plugins/_security/api/rolesmapping/belfry-writer");
    expect(JSON.parse(mapping.body)).toEqual({ backend_roles: [writerRole] });
  });

  it("lets readers search, and nothing else", async () => {
    fake.plugins = true;
    const readerRoles = ["arn:aws:iam::111122223333:role/people"];
    const report = await setUpOpenSearch({ send: httpSender(new URL(fake.url)), readerRoles });
    expect(report.roles).toEqual(["belfry-reader"]);
    expect(fake.puts.at(-2)?.body).not.toContain("write");
    expect(fake.puts.at(-1)).toEqual({
      path: "/_plugins/_security/api/rolesmapping/belfry-reader",
      body: JSON.stringify({ backend_roles: readerRoles }),
    });
  });

  it("says in plain words that the cluster has no access control", async () => {
    const report = await setUpOpenSearch({ send: httpSender(new URL(fake.url)), writerRoles: ["arn"] });
    expect(report.roles).toEqual([]);
    expect(report.notes).toContainEqual(expect.stringContaining("security plugin is not there"));
  });

  it("asks a serverless collection for templates alone, without settings where it refuses them", async () => {
    const bodies: { template: { settings?: object } }[] = [];
    const report = await setUpOpenSearch({
      service: "aoss",
      writerRoles: ["arn"],
      send: async ({ path, body = Buffer.alloc(0) }) => {
        expect(path).toMatch(/^\/_index_template\//);
        const template = JSON.parse(body.toString()) as { template: { settings?: object } };
        bodies.push(template);
        const refusal = '{"error":{"type":"illegal_argument_exception","reason":"unknown setting [index.codec]"}}';
        return template.template.settings === undefined
          ? { status: 200, body: Buffer.from("{}") }
          : { status: 400, body: Buffer.from(refusal) };
      },
    });
    expect(report.policies).toEqual([]);
    expect(report.notes).toEqual([
      expect.stringContaining("no index settings"),
      expect.stringContaining("deletes old indices"),
    ]);
    expect(bodies.filter(({ template }) => template.settings === undefined)).toHaveLength(report.templates.length);
  });

  it("raises what the cluster refuses", async () => {
    const body = Buffer.from('{"error":{"type":"security_exception","reason":"no permissions"},"status":403}');
    const refused = setUpOpenSearch({ send: async () => ({ status: 403, body }) });
    await expect(refused).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("no permissions"),
    });
  });
});
