import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "@belfry/core/config/load";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "belfry-included-"));
});
afterAll(() => rm(folder, { recursive: true }));

let number = 0;

/** Loads a configuration with an on-call.yaml beside it. */
async function load(yaml: string, oncall: object = {}) {
  const name = `on-call-${number++}.yaml`;
  await writeFile(join(folder, name), yaml);
  const file = join(folder, `${number}.json`);
  await writeFile(file, JSON.stringify({ oncall: { include: [name], ...oncall } }));
  return loadConfig(file);
}

const PEOPLE = "people:\n  ada: { channels: [inbox] }\n";

/** The lines of what is wrong, without the numbers of files. */
async function problems(yaml: string, oncall?: object): Promise<string[]> {
  const error = await load(yaml, oncall).then(
    () => new Error("it is valid"),
    (thrown: Error) => thrown,
  );
  return error.message
    .split("\n")
    .slice(1)
    .map((line) => line.trim().replaceAll(/on-call-\d+/g, "on-call"));
}

describe("oncall.include", () => {
  it("puts what a file says beside what the configuration says", async () => {
    const { oncall } = await load(
      `${PEOPLE}schedules:\n  primary:\n    layers:\n      - { start: 2026-11-23T09:00, people: [ada, bob] }\n`,
      { people: { bob: { channels: ["inbox"] } } },
    );
    expect(Object.keys(oncall.people).sort()).toEqual(["ada", "bob"]);
    expect(oncall.schedules.primary).toMatchObject({
      zone: "UTC",
      layers: [{ start: "2026-11-23T09:00", unit: "week" }],
    });
    expect(oncall.include).toEqual([]);
  });

  it("takes an empty file, and anchors", async () => {
    expect((await load("")).oncall.people).toEqual({});
    const { oncall } = await load("people:\n  ada: &a { channels: [inbox] }\n  bob: *a\n");
    expect(oncall.people.bob).toEqual(oncall.people.ada);
  });

  it.each<[string, string, string[]]>([
    [
      "a value that cannot be",
      `${PEOPLE}schedules:\n  primary:\n    layers:\n      - start: 2026-11-23T09:00\n        people: [ada]\n        unit: weeks\n`,
      [
        'on-call.yaml:8: oncall.schedules.primary.layers[0].unit: expected one of hour, day, week, got "weeks"; did you mean "week"?',
      ],
    ],
    [
      "an unknown key",
      "people:\n  ada:\n    chanels: [inbox]\n",
      [
        "on-call.yaml:2: oncall.people.ada.channels: expected array, got nothing",
        'on-call.yaml:3: oncall.people.ada.chanels: unknown key; did you mean "channels"?',
      ],
    ],
    [
      "a name that there is not",
      `${PEOPLE}schedules:\n  primary:\n    layers:\n      - { start: 2026-11-23T09:00, people: [adda] }\n`,
      ['on-call.yaml:6: oncall.schedules.primary.layers[0].people[0]: no person named "adda"; did you mean "ada"?'],
    ],
    [
      "what has no place in it",
      "route: {}\npoeple: {}\npeople: [ada]\n",
      [
        "on-call.yaml:1: route: unknown key; known are receivers, timeIntervals, people, escalations, schedules",
        'on-call.yaml:2: poeple: unknown key; did you mean "people"?',
        "on-call.yaml:3: people: expected a map of names",
      ],
    ],
    [
      "a file that is no map",
      "- ada\n",
      ["on-call.yaml:1: expected a map with receivers, timeIntervals, people, escalations, schedules"],
    ],
  ])("says in which line is %s", async (_, yaml, expected) => {
    expect(await problems(yaml)).toEqual(expected);
  });

  it("refuses a name twice", async () => {
    const [line] = await problems(PEOPLE, { people: { ada: { channels: ["inbox"] } } });
    expect(line).toMatch(/^on-call\.yaml:2: oncall\.people\.ada: is in .*\.json too$/);
  });

  it("says that a file is not there, or is no YAML", async () => {
    await expect(load("people:\n  ada: [\n")).rejects.toThrow(/^on-call-\d+\.yaml:\d is not YAML: /);
    await expect(load("", { include: ["none.yaml"] })).rejects.toThrow(
      "oncall.include: none.yaml cannot be read: ENOENT",
    );
  });
});
