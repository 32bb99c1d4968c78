import { emptyAccounting } from "@belfry/core/event/fates";
import { accountingJson, accountingText } from "@belfry/local/cli/accounting";
import { describe, expect, it } from "vitest";
import { FakeTerminal } from "../fake-terminal.ts";

const { paint } = new FakeTerminal();

describe("the accounting for people", () => {
  it("names each reason, the most frequent first, and the sinks", () => {
    const accounting = {
      ...emptyAccounting(),
      received: 16,
      dropped: { header: 1, "health-checks": 3 },
      quarantined: { "bad JSON": 2 },
      routed: 10,
    };
    accounting.sinks.archive = { routed: 10, delivered: 9, quarantined: {}, retried: { "file ENOSPC": 1 } };
    expect(accountingText(accounting, paint)).toBe(
      [
        "accounting",
        "  received              16",
        "  dropped                4   3 × health-checks, 1 × header",
        "  quarantined            2   2 × bad JSON",
        "  to be retried          0",
        "  routed                10",
        "",
        "sink archive",
        "  routed                10",
        "  delivered              9",
        "  quarantined            0",
        "  to be retried          1   1 × file ENOSPC",
        "",
        "the accounting adds up: received = dropped + quarantined + to be retried + routed, and so for each sink",
      ].join("\n"),
    );
  });

  it("cuts a long list of reasons", () => {
    const dropped = Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`rule ${i}`, 1]));
    expect(accountingText({ ...emptyAccounting(), received: 7, dropped }, paint)).toContain(
      "1 × rule 4, and 2 reasons more",
    );
  });

  it("says when it does not add up, also to programs", () => {
    const accounting = { ...emptyAccounting(), received: 2, routed: 1 };
    expect(accountingText(accounting, paint)).toContain("does not add up: received 2 but");
    expect(JSON.parse(accountingJson(accounting))).toMatchObject({ received: 2, identityHolds: false });
  });
});
