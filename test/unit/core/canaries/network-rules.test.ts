import type { LookupFunction } from "node:net";
import { networkRules } from "@belfry/core/canaries/network-rules";
import { describe, expect, test } from "vitest";

const ANY = { hosts: ["*"], privateAddresses: true, metadataAddresses: false };
const resolves =
  (...addresses: string[]): LookupFunction =>
  (_hostname, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );

function lookedUp(lookup: LookupFunction): Promise<unknown> {
  return new Promise((resolve) => lookup("a.test", { all: true }, (error, address) => resolve(error ?? address)));
}

describe("what a canary may call", () => {
  test.each([
    "http://169.254.169.254/latest/meta-data/",
    "http://169.254.170.2/v2/credentials",
    "http://0xa9.0xfe.0xa9.0xfe/",
    "http://2852039166/",
    "http://[fe80::1]/",
    "http://[fd00:ec2::254]/",
    "http://[::ffff:169.254.169.254]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[2002:a9fe:a9fe::1]/",
    "file:///etc/passwd",
    "ftp://example.com/",
    "data:text/plain,x",
  ])("is not %s", (url) => {
    expect(() => networkRules(ANY).check(new URL(url))).toThrow(expect.objectContaining({ failureClass: "canary" }));
  });

  test.each(["http://localhost/", "http://10.0.0.1/", "http://[::1]:8080/", "https://example.com/"])("is %s", (url) => {
    expect(() => networkRules(ANY).check(new URL(url))).not.toThrow();
  });

  test.each(["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "::1", "fd12::1", "::ffff:10.0.0.1"])(
    "is %s only where private addresses are allowed",
    (address) => {
      expect(networkRules(ANY).allowsAddress(address)).toBe(true);
      expect(networkRules({ ...ANY, privateAddresses: false }).allowsAddress(address)).toBe(false);
    },
  );

  test("is the metadata service where that is allowed", () => {
    expect(networkRules({ ...ANY, metadataAddresses: true }).allowsAddress("169.254.169.254")).toBe(true);
  });

  test("is never loopback where the runner itself listens there", () => {
    const rules = networkRules(ANY, { loopback: false });
    expect(rules.allowsAddress("127.0.0.1")).toBe(false);
    expect(rules.allowsAddress("::ffff:127.0.0.1")).toBe(false);
    expect(rules.allowsAddress("10.0.0.1")).toBe(true);
  });

  test("is only the hosts that are named, whatever their case and final dot", () => {
    const rules = networkRules({ ...ANY, hosts: ["*.example.com"] });
    expect(() => rules.check(new URL("https://API.example.com./"))).not.toThrow();
    expect(() => rules.check(new URL("https://example.org/"))).toThrow(/allow\.hosts/);
    expect(() => rules.checkHost("example.com")).toThrow();
  });

  test("is no name that leads to a blocked address, also as one of several", async () => {
    const answer = await lookedUp(networkRules(ANY, { lookup: resolves("192.0.2.1", "169.254.169.254") }).lookup);
    expect(answer).toMatchObject({
      failureClass: "canary",
      message: expect.stringContaining("a.test leads to 169.254.169.254"),
    });
    expect(await lookedUp(networkRules(ANY, { lookup: resolves("192.0.2.1") }).lookup)).toMatchObject([
      { address: "192.0.2.1" },
    ]);
  });
});
