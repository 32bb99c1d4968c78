import { BelfryError } from "../../platform/errors.ts";

/** The fields of a cron expression; https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based */
interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names that stand for min, min + 1, … */
  readonly names?: readonly string[];
}

const MINUTES: Field = { name: "minutes", min: 0, max: 59 };
const HOURS: Field = { name: "hours", min: 0, max: 23 };
const DAY_OF_MONTH: Field = { name: "day-of-month", min: 1, max: 31 };
const MONTH: Field = {
  name: "month",
  min: 1,
  max: 12,
  names: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
};
const DAY_OF_WEEK: Field = {
  name: "day-of-week",
  min: 1,
  max: 7,
  names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
};
const YEAR: Field = { name: "year", min: 1970, max: 2199 };
const SATURDAY = 7;
const SUNDAY = 1;

/** A day, and what of its month tells whether it is the one that is meant. */
interface Day {
  readonly day: number;
  /** 1 is Sunday, 7 Saturday, as in cron expressions. */
  readonly weekday: number;
  readonly daysInMonth: number;
}

/** A cron expression, its fields spelt out in ascending order. */
export interface CronExpression {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: readonly number[];
  readonly years: readonly number[];
  /** The days of a month (1 to 12) on which it runs, in ascending order. */
  daysOf(year: number, month: number): number[];
}

/** Reads what stands between the parentheses of `cron(…)`; raises BAD_ARGUMENT that names the field and what it may hold. */
export function parseCron(text: string): CronExpression {
  const fields = text.trim().split(/\s+/);
  if (fields.length < 5 || fields.length > 6) {
    throw bad(
      `cron(${text}) has ${text.trim() === "" ? "no" : fields.length} fields: give minutes hours day-of-month month day-of-week [year]`,
    );
  }
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year = "*"] = fields;
  if ((dayOfMonth === "?") === (dayOfWeek === "?")) {
    throw bad(`cron(${text}) must have ? in one of day-of-month and day-of-week, and not in both`);
  }
  const isDay = dayOfMonth === "?" ? weekdayTest(dayOfWeek) : dayOfMonthTest(dayOfMonth);
  return {
    minutes: numbersOf(minutes, MINUTES),
    hours: numbersOf(hours, HOURS),
    months: numbersOf(month, MONTH),
    years: numbersOf(year, YEAR),
    daysOf: (ofYear, ofMonth) =>
      daysOf(ofYear, ofMonth)
        .filter(isDay)
        .map(({ day }) => day),
  };
}

function daysOf(year: number, month: number): Day[] {
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const firstWeekday = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  return Array.from({ length: daysInMonth }, (_, i) => ({
    day: i + 1,
    weekday: ((firstWeekday + i) % 7) + 1,
    daysInMonth,
  }));
}

type DayTest = (day: Day) => boolean;

function dayOfMonthTest(text: string): DayTest {
  return anyOf(text, (part) => {
    if (part === "L") return ({ day, daysInMonth }) => day === daysInMonth;
    const near = /^(\d+)W$/.exec(part)?.[1];
    if (near !== undefined) return nearestWeekdayTest(numberOf(near, DAY_OF_MONTH));
    const days = new Set(rangeOf(part, DAY_OF_MONTH));
    return ({ day }) => days.has(day);
  });
}

/** `3W`: the weekday closest to the third, in the same month; nothing in months without that day. */
function nearestWeekdayTest(target: number): DayTest {
  return ({ day, weekday, daysInMonth }) => {
    if (target > daysInMonth || weekday === SATURDAY || weekday === SUNDAY) return false;
    const distance = day - target;
    const weekdayOfTarget = ((((weekday - 1 - distance) % 7) + 7) % 7) + 1;
    if (weekdayOfTarget === SATURDAY) return distance === (target === 1 ? 2 : -1);
    if (weekdayOfTarget === SUNDAY) return distance === (target === daysInMonth ? -2 : 1);
    return distance === 0;
  };
}

function weekdayTest(text: string): DayTest {
  if (text.includes("#") && text.includes(",")) {
    throw bad(`day-of-week "${text}": an expression with # must be the only one of the field`);
  }
  return anyOf(text, (part) => {
    if (part === "L") return ({ weekday }) => weekday === SATURDAY;
    const [, last] = /^(\w+)L$/.exec(part) ?? [];
    if (last !== undefined) {
      const wanted = numberOf(last, DAY_OF_WEEK);
      return ({ day, weekday, daysInMonth }) => weekday === wanted && day > daysInMonth - 7;
    }
    const [, name, instance] = /^(\w+)#(\d+)$/.exec(part) ?? [];
    if (name !== undefined && instance !== undefined) {
      const wanted = numberOf(name, DAY_OF_WEEK);
      const nth = numberOf(instance, { name: "the number after # in day-of-week", min: 1, max: 5 });
      return ({ day, weekday }) => weekday === wanted && Math.ceil(day / 7) === nth;
    }
    const weekdays = new Set(rangeOf(part, DAY_OF_WEEK));
    return ({ weekday }) => weekdays.has(weekday);
  });
}

function anyOf(text: string, testFor: (part: string) => DayTest): DayTest {
  const tests = text.toUpperCase().split(",").map(testFor);
  return (day) => tests.some((test) => test(day));
}

function numbersOf(text: string, field: Field): number[] {
  const numbers = new Set(text.split(",").flatMap((part) => rangeOf(part, field)));
  return [...numbers].sort((a, b) => a - b);
}

/** Numbers of `*`, `5`, `1-5`, and of each with a step: `0-30/10`; `5/15` is every 15th from 5 on. */
function rangeOf(part: string, field: Field): number[] {
  const [, range, step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
  if (range === undefined) throw badPart(part, field);
  const every = step === undefined ? 1 : numberOf(step, { name: `the step in ${field.name}`, min: 1, max: field.max });
  const [from, to] = boundsOf(range, field, step !== undefined);
  if (from > to) throw bad(`${field.name} "${part}" ends before it begins: write it as two ranges, apart by a comma`);
  return Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, i) => from + i * every);
}

function boundsOf(range: string, field: Field, isStepped: boolean): [number, number] {
  if (range === "*") return [field.min, field.max];
  const [first, last, ...more] = range.split("-");
  if (more.length > 0) throw badPart(range, field);
  const from = numberOf(first, field);
  if (last !== undefined) return [from, numberOf(last, field)];
  return [from, isStepped ? field.max : from];
}

function numberOf(text: string, field: Field): number {
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  if (named >= 0) return field.min + named;
  const number = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= field.min && number <= field.max) return number;
  throw badPart(text, field);
}

function badPart(text: string, { name, min, max, names }: Field): BelfryError {
  const named = names === undefined ? "" : ` or ${names[0]} to ${names.at(-1)}`;
  return bad(`${name} cannot be "${text}": it takes ${min} to ${max}${named}`);
}

function bad(message: string): BelfryError {
  return new BelfryError("BAD_ARGUMENT", message);
}
