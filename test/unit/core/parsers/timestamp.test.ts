import { epochMs, isPlausible, TimeReader } from "@belfry/core/parsers/timestamp";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const reader = new TimeReader();
const bytesOf = (text: string): Buffer => Buffer.from(`${text}\u0000\u0000`);
const iso = (text: string): number => reader.iso(bytesOf(text), 0, text.length);
const day = Date.UTC(2026, 10, 22);

describe("TimeReader.iso", () => {
  it("reads what Date writes, for any day of four-digit years", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("0000-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }),
        (date) => {
          expect(iso(date.toISOString())).toBe(date.getTime());
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.each([
    ["2026-11-22T03:00:00Z", 3 * 3_600_000],
    ["2026-11-22t03:00:00z", 3 * 3_600_000],
    ["2026-11-22 03:00", 3 * 3_600_000],
    ["2026-11-22 03:00:00,123", 3 * 3_600_000 + 123],
    ["2026-11-22T03:00:00.123456789Z", 3 * 3_600_000 + 123],
    ["2026/11/22 03:00:00", 3 * 3_600_000],
    ["20261122T030000Z", 3 * 3_600_000],
    ["2026-11-22T03:00:00+02:00", 3_600_000],
    ["2026-11-22T03:00:00-0230", 5.5 * 3_600_000],
    ["2026-11-22T03:00:00+02", 3_600_000],
    ["2026-11-22 03:00:00 +0200", 3_600_000],
    ["2026-11-22T00:00:60Z", 60_000],
  ])("reads %s to its end", (text, expected) => {
    expect(iso(text)).toBe(day + expected);
    expect(reader.end).toBe(text.length);
  });

  it("stops before what is no part of the time", () => {
    expect(iso("2026-11-22 03:00:00 -12 items")).toBe(day + 3 * 3_600_000);
    expect(reader.end).toBe("2026-11-22 03:00:00".length);
  });

  it.each([
    "2026-11-22",
    "2026-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-11-22T24:00:00Z",
    "2026-11-22T03:60:00Z",
    "2026-11-22T03:00:0",
    "x",
    "",
  ])("finds no time in %j", (text) => {
    expect(iso(text)).toBeNaN();
  });

  it("never reads beyond the end of the record", () => {
    const bytes = Buffer.from("2026-11-22T03:00:00Z");
    for (let to = 0; to < bytes.length; to++) {
      const time = reader.iso(bytes, 0, to);
      expect(Number.isNaN(time) || reader.end <= to).toBe(true);
    }
  });
});

describe("TimeReader", () => {
  it("reads the common log format", () => {
    const text = "26/Dec/2016:16:16:29 +0200";
    expect(reader.commonLog(Buffer.from(text), 0, text.length)).toBe(Date.parse("2016-12-26T14:16:29Z"));
    expect(reader.commonLog(Buffer.from("26/Dez/2016:16:16:29"), 0, 20)).toBeNaN();
  });

  it.each([
    ["Nov  2 03:00:00 h", "2026-11-22T00:00:00Z", "2026-11-02T03:00:00Z"],
    ["Jan  1 00:00:01 h", "2026-12-31T23:59:59Z", "2027-01-01T00:00:01Z"],
    ["Feb 29 00:00:00 h", "2025-03-01T00:00:00Z", "2024-02-29T00:00:00Z"],
    ["Oct 11 14:32:52.123 2000]", "2026-11-22T00:00:00Z", "2000-10-11T14:32:52.123Z"],
  ])("reads %j near %s as %s", (text, near, expected) => {
    expect(reader.monthFirst(bytesOf(text), 0, text.length, Date.parse(near))).toBe(Date.parse(expected));
  });
});

describe("epochMs", () => {
  it.each([
    ["1795316400", 1_795_316_400_000],
    ["1795316400.25", 1_795_316_400_250],
    ["1795316400123", 1_795_316_400_123],
    ["1795316400123456", 1_795_316_400_123],
    ["1795316400123456789", 1_795_316_400_123],
  ])("tells the unit of %s by its size", (text, expected) => {
    expect(epochMs(Buffer.from(text), 0, text.length)).toBe(expected);
  });

  it.each(["", "7", "-1795316400", "1.7e9", "true", ".5", "1..2"])("finds none in %j", (text) => {
    expect(epochMs(Buffer.from(text), 0, text.length)).toBeNaN();
  });
});

describe("isPlausible", () => {
  it("takes any time when the carrier has none, and no future or old one when it has", () => {
    expect(isPlausible(1, Number.NaN)).toBe(true);
    expect(isPlausible(day + 3_600_000, day)).toBe(true);
    expect(isPlausible(day + 2 * 86_400_000, day)).toBe(false);
    expect(isPlausible(day - 400 * 86_400_000, day)).toBe(false);
    expect(isPlausible(Number.NaN, Number.NaN)).toBe(false);
  });
});
