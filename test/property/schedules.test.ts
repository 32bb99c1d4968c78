import { nextRuns, parseSchedule } from "@belfry/core/config/schedules/schedule-expression";
import fc from "fast-check";
import { expect, test } from "vitest";

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
const SEARCHED_DAYS = 40;

// Zones with whole, half and no shifts, on both sides of the equator; Troll's is two hours.
const zones = [
  "UTC",
  "America/Los_Angeles",
  "Europe/Berlin",
  "Australia/Lord_Howe",
  "Asia/Kolkata",
  "Antarctica/Troll",
];

/** A field in its text and by what it means, told apart so that the meaning is not read from the text. */
interface Field {
  readonly text: string;
  readonly has: (value: number) => boolean;
}

function field(min: number, max: number): fc.Arbitrary<Field> {
  const value = fc.integer({ min, max });
  const single = value.map((one) => ({ text: `${one}`, has: (v: number) => v === one }));
  const all = fc.constant({ text: "*", has: () => true });
  const range = fc.tuple(value, value).map(([a, b]) => {
    const [from, to] = a < b ? [a, b] : [b, a];
    return { text: `${from}-${to}`, has: (v: number) => v >= from && v <= to };
  });
  const step = fc
    .tuple(value, fc.integer({ min: 1, max }))
    .map(([from, by]) => ({ text: `${from}/${by}`, has: (v: number) => v >= from && (v - from) % by === 0 }));
  return fc
    .array(fc.oneof(single, range, step), { minLength: 1, maxLength: 3 })
    .map((parts) => ({
      text: parts.map(({ text }) => text).join(","),
      has: (v: number) => parts.some(({ has }) => has(v)),
    }))
    .chain((list) => fc.oneof(fc.constant(list), all));
}

/** What a clock on the wall shows. */
interface Reading {
  readonly text: string;
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly weekday: number;
}

function* readings(zone: string, fromMs: number, toMs: number): Generator<Reading & { readonly ms: number }> {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
  for (let ms = fromMs; ms < toMs; ms += MINUTE_MS) {
    const text = format.format(ms);
    const [, month, day, hour, minute] = text.split(/\D/).map(Number);
    yield { ms, text, minute, hour, day, month, weekday: new Date(`${text.slice(0, 10)}T00:00Z`).getUTCDay() + 1 };
  }
}

test("the next runs of cron expressions are those that looking at every minute finds", () => {
  const instant = fc.oneof(
    // Around the shifts of 2026, and anywhere.
    fc.constantFrom("2026-03-07", "2026-03-28", "2026-04-04", "2026-10-03", "2026-10-24", "2026-10-31"),
    fc.integer({ min: 0, max: 3650 }).map((day) => new Date(DAY_MS * (18_000 + day)).toISOString().slice(0, 10)),
  );
  fc.assert(
    fc.property(
      field(0, 59),
      field(0, 23),
      field(1, 31),
      field(1, 12),
      field(1, 7),
      fc.boolean(),
      fc.constantFrom(...zones),
      instant,
      (minutes, hours, days, months, weekdays, byWeekday, zone, from) => {
        const text = byWeekday
          ? `cron(${minutes.text} ${hours.text} ? ${months.text} ${weekdays.text} *)`
          : `cron(${minutes.text} ${hours.text} ${days.text} ${months.text} ? *)`;
        const after = Date.parse(`${from}T00:00Z`);
        const end = after + SEARCHED_DAYS * DAY_MS;
        const seen = new Set<string>();
        const expected: string[] = [];
        // It begins a day before, so as to know which readings are shown the second time.
        for (const at of readings(zone, after - DAY_MS, end)) {
          if (expected.length === 20) break;
          const isFirst = !seen.has(at.text);
          seen.add(at.text);
          const isDay = byWeekday ? weekdays.has(at.weekday) : days.has(at.day);
          const runs = minutes.has(at.minute) && hours.has(at.hour) && isDay && months.has(at.month);
          if (runs && isFirst && at.ms > after) expected.push(new Date(at.ms).toISOString());
        }
        const found = nextRuns(parseSchedule(text), zone, new Date(after), 20)
          .filter((run) => run.getTime() < end)
          .map((run) => run.toISOString());
        expect(found, `${text} in ${zone} after ${from}`).toEqual(expected);
      },
    ),
    { numRuns: 40 },
  );
}, 60_000);

test("L, W and # are the days that a calendar shows", () => {
  const year = fc.integer({ min: 1970, max: 2199 });
  const month = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(year, month, fc.integer({ min: 1, max: 31 }), fc.integer({ min: 1, max: 7 }), (y, m, day, weekday) => {
      const last = new Date(Date.UTC(y, m, 0)).getUTCDate();
      const of = (d: number) => new Date(Date.UTC(y, m - 1, d)).getUTCDay() + 1;
      const all = Array.from({ length: last }, (_, i) => i + 1);
      const runs = (fields: string) =>
        nextRuns(parseSchedule(`cron(0 0 ${fields} ${y})`), "UTC", new Date(Date.UTC(y, m - 1, 1) - 1), 40).map((run) =>
          run.getUTCDate(),
        );
      expect(runs(`L ${m} ?`)).toEqual([last]);
      expect(runs(`? ${m} ${weekday}L`)).toEqual([all.filter((d) => of(d) === weekday).at(-1)]);
      const third = all.filter((d) => of(d) === weekday)[2];
      expect(runs(`? ${m} ${weekday}#3`)).toEqual([third]);
      const workdays = all.filter((d) => of(d) !== 1 && of(d) !== 7);
      const nearest = workdays.toSorted((a, b) => Math.abs(a - day) - Math.abs(b - day))[0];
      expect(runs(`${day}W ${m} ?`)).toEqual(day > last ? [] : [nearest]);
    }),
    { numRuns: 300 },
  );
});
