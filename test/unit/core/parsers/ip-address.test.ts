import { isIP } from "node:net";
import { ipVersion } from "@belfry/core/parsers/ip-address";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const version = (text: string): number => ipVersion(Buffer.from(`${text}9`), 0, Buffer.byteLength(text));

describe("ipVersion", () => {
  it.each([
    "0.0.0.0",
    "255.255.255.255",
    "::",
    "::1",
    "1::",
    "2001:db8::7",
    "1:2:3:4:5:6:7:8",
    "::ffff:192.0.2.1",
    "1:2:3:4:5:6:192.0.2.1",
  ])("knows %s", (text) => {
    expect(version(text)).toBe(isIP(text));
  });

  it.each([
    "",
    "1",
    "1.2.3",
    "1.2.3.4.5",
    "256.1.1.1",
    "01.2.3.4",
    "1.2.3.4x",
    "lambda.amazonaws.com",
    ":",
    ":::",
    "1:::2",
    "1::2::3",
    "12345::",
    "1:2:3:4:5:6:7:8:9",
    "1:2",
    "fe80::1%eth0",
  ])("takes %j for none", (text) => {
    expect(version(text)).toBe(0);
  });

  it("agrees with Node on anything like an address", () => {
    const like = fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9a-f:.]{0,24}$/));
    fc.assert(
      fc.property(like, (text) => {
        expect(version(text)).toBe(isIP(text));
      }),
      { numRuns: 2000 },
    );
  });
});
