import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = "test/fixtures/events";

/** An event as AWS puts it on a bus. */
export interface EventFixture {
  /** `service/case`. */
  readonly name: string;
  /** Where AWS describes it. */
  readonly url: string;
  /** The shipped rules that must match it, and no others. */
  readonly rules: readonly string[];
  readonly event: Readonly<Record<string, unknown>>;
}

/** All events of test/fixtures/events. */
export function eventFixtures(): EventFixture[] {
  return readdirSync(FOLDER).flatMap((service) =>
    readdirSync(join(FOLDER, service)).map((file) => ({
      name: `${service}/${file.replace(".json", "")}`,
      ...(JSON.parse(readFileSync(join(FOLDER, service, file), "utf8")) as Omit<EventFixture, "name">),
    })),
  );
}
