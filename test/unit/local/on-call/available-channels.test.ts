import { parseConfig } from "@belfry/core/config/load";
import { availableChannels } from "@belfry/local/on-call/available-channels";
import { describe, expect, it } from "vitest";

const config = parseConfig(
  {
    channels: {
      slack: { type: "slack", token: "env:SLACK", signingSecret: "env:SIGN", channel: "C024BE91L", fallback: "mail" },
      pager: { type: "pagerduty", routingKey: "env:PD", fallback: "slack" },
      kept: { type: "pagerduty", routingKey: "/belfry/prod/pagerduty" },
      mail: { type: "email", from: "belfry@example.com", to: ["ops@example.com"] },
      own: { type: "sns" },
    },
    oncall: {
      route: { receiver: "team" },
      receivers: { team: { channels: ["slack", "pager", "mail", "inbox"], escalation: "chain" } },
      people: { ada: { channels: ["kept", "own"] } },
      escalations: { chain: { steps: [{ person: "ada" }, { channel: "mail" }, { channel: "slack" }] } },
    },
  },
  "x",
);

describe("channels on this machine", () => {
  it("are those whose secrets are there; the inbox is told instead of the others", () => {
    const { config: here, live, notices } = availableChannels(config, { env: { SLACK: "xoxb-1" }, hasAws: false });
    expect(live).toEqual(["slack"]);
    expect(Object.keys(here.channels).sort()).toEqual(["inbox", "slack"]);
    expect(here.channels.slack).toMatchObject({ fallback: "inbox" });
    expect(here.channels.slack).not.toHaveProperty("signingSecret");
    expect(here.oncall.receivers.team?.channels).toEqual(["slack", "inbox"]);
    expect(here.oncall.people.ada?.channels).toEqual(["inbox"]);
    expect(here.oncall.escalations.chain?.steps.map(({ channel }) => channel)).toEqual([undefined, "inbox", "slack"]);
    expect(notices.map((notice) => notice.replace(" is left out, the inbox is told instead", ""))).toEqual([
      'the channel "pager": set PD to use it',
      'the channel "kept": its secret is kept in AWS: give --aws, or name it by env:NAME',
      'the channel "mail": set AWS_ENDPOINT_URL to an emulator, or give --aws, to use it',
      'the channel "own": its topic is there only when it is deployed',
    ]);
  });

  it("are all that AWS has the secrets of, where it may be used", () => {
    const { live } = availableChannels(config, { env: { SLACK: "xoxb-1", PD: "" }, hasAws: true });
    expect(live).toEqual(["slack", "kept", "mail"]);
  });
});
