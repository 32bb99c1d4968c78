import { searchSetupCommand } from "@belfry/local/commands/search-setup";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FakeOpenSearch, fakeOpenSearch } from "../../../support/fake-opensearch.ts";
import { FakeTerminal } from "../fake-terminal.ts";

let fake: FakeOpenSearch;
beforeEach(async () => {
  fake = await fakeOpenSearch();
});
afterEach(() => fake.close());

async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const terminal = new FakeTerminal();
  await searchSetupCommand(terminal, env)
    .exitOverride()
    .parseAsync([...args], { from: "user" });
  return terminal;
}

describe("belfry search-setup", () => {
  it("puts templates into the cluster of OPENSEARCH_URL, and says what it lacks", async () => {
    const terminal = await run([], { OPENSEARCH_URL: fake.url });
    expect(terminal.printed.join("\n")).toContain("6 index templates and 0 retention policies put");
    expect(terminal.notes.join("\n")).toContain("plugin is not there");
    expect(fake.puts.map(({ path }) => path)).toContain("/_index_template/belfry-app.json");
  });

  it("maps the writer's role, and reports as JSON", async () => {
    fake.plugins = true;
    const terminal = await run(["--opensearch", fake.url, "--writer-role", "arn:role", "--json"]);
    expect(JSON.parse(terminal.printed.join(""))).toMatchObject({ roles: ["belfry-writer"], notes: [] });
  });

  it.each([[[]], [["--opensearch", "somewhere"]]])("needs a URL: %j", async (args) => {
    await expect(run(args)).rejects.toMatchObject({ code: "BAD_ARGUMENT", message: /OPENSEARCH_URL/ });
  });
});
