import { scheduleCommand } from "@belfry/local/commands/schedule";
import { describe, expect, it } from "vitest";
import { FakeTerminal } from "../fake-terminal.ts";

async function schedule(...args: string[]) {
  const terminal = new FakeTerminal();
  const now = () => new Date("2026-03-07T12:00:00Z");
  await scheduleCommand(terminal, now).parseAsync(args, { from: "user" });
  return terminal;
}

describe("belfry schedule next", () => {
  it("prints the next runs in UTC and in the time zone", async () => {
    const { printed, exitCode } = await schedule(
      "next",
      "cron(30 2 * * ? *)",
      "--zone",
      "America/Los_Angeles",
      "--count",
      "1",
    );
    // Clocks skip half past two on the eighth.
    expect(printed).toEqual(["2026-03-09T09:30:00.000Z  Mon 2026-03-09T02:30:00-07:00"]);
    expect(exitCode).toBe(0);
  });

  it("prints one object a run for machines", async () => {
    const { printed } = await schedule("next", "rate(1 hour)", "--count", "2", "--json");
    expect(printed.map((line) => JSON.parse(line).utc)).toEqual([
      "2026-03-07T13:00:00.000Z",
      "2026-03-07T14:00:00.000Z",
    ]);
  });

  it("ends with 1 when it never runs again, and refuses what is no expression", async () => {
    expect(await schedule("next", "at(2020-01-01T00:00:00)")).toMatchObject({ printed: [], exitCode: 1 });
    await expect(schedule("next", "hourly")).rejects.toThrow("no schedule expression");
  });
});
