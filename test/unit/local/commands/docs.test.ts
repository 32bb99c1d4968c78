import { readFileSync } from "node:fs";
import { belfryCommand } from "@belfry/local/program";
import { describe, expect, it } from "vitest";
import { FakeTerminal } from "../fake-terminal.ts";

const page = readFileSync("docs/command.md", "utf8");
const commands = belfryCommand(new FakeTerminal()).commands.filter((command) => command.name() !== "trace");

/** The part of the page about one command, and what holds for all. */
function sectionOf(name: string): string {
  const [intro, ...sections] = page.split(/^## /m);
  return `${intro}${sections.filter((section) => section.startsWith(`${name}\n`) || section.startsWith("For all of them\n")).join("")}`;
}

describe("docs/command.md", () => {
  it.each(commands.map((command) => [command.name(), command] as const))(
    "names every option of belfry %s",
    (name, command) => {
      const missing = command.options
        .map(({ long }) => long ?? "")
        .filter((long) => !sectionOf(name).includes(`\`${long}`));
      expect({ name, missing }).toEqual({ name, missing: [] });
    },
  );

  it("has a row for each command", () => {
    for (const command of commands) expect(page).toContain(`| [\`${command.name()}\`](#${command.name()}) |`);
  });
});
