import { deployedConfig } from "@belfry/core/config/deploy/deployed-config";
import { parseConfig } from "@belfry/core/config/load";
import type { ConfigInput } from "@belfry/core/config/schema";
import { expect, it } from "vitest";

const deployed = (config: ConfigInput) => deployedConfig(parseConfig(config, "test"));

it("leaves a configuration without search as it is", () => {
  const config = parseConfig({}, "test");
  expect(deployedConfig(config)).toBe(config);
});

it("adds a sink, and leads the default route there, when search is switched on", () => {
  const { sinks, defaultRoute } = deployed({ deploy: { search: { type: "domain" } } });
  expect(sinks).toMatchObject({ archive: { type: "archive" }, search: { type: "opensearch", service: "es" } });
  expect(defaultRoute).toEqual(["archive", "search"]);
});

it("signs for a collection where there is one", () => {
  const { sinks } = deployed({ deploy: { search: { type: "serverless" } } });
  expect(sinks).toMatchObject({ search: { service: "aoss" } });
});

it("takes the sink that is there, and its routes", () => {
  const search = { type: "url", endpoint: "https://logs.example.com", service: "none" } as const;
  const { sinks, defaultRoute } = deployed({
    sinks: { archive: { type: "archive" }, hot: { type: "opensearch" } },
    deploy: { search },
  });
  expect(sinks).toMatchObject({ hot: { endpoint: "https://logs.example.com", service: "none" } });
  expect(Object.keys(sinks)).toEqual(["archive", "hot"]);
  expect(defaultRoute).toEqual(["archive"]);
});

it("leaves a sink with an endpoint of its own where it is", () => {
  const own = { type: "opensearch", endpoint: "https://own.example.com" } as const;
  const { sinks } = deployed({ sinks: { own }, defaultRoute: ["own"], deploy: { search: { type: "serverless" } } });
  expect(sinks).toMatchObject({ own: { endpoint: "https://own.example.com", service: "es" } });
});

it("refuses another kind of sink under the name that it would take", () => {
  const sinks = { archive: { type: "archive" }, search: { type: "s3", bucket: "logs" } } as const;
  expect(() => deployed({ sinks, deploy: { search: { type: "domain" } } })).toThrow(
    "sinks.search is of type s3: give that one another name",
  );
});

it("gives an organization a collection unless it says otherwise", () => {
  const organization = { profile: "organization", organization: { id: "o-a1b2c3d4e5" } } as const;
  expect(Object.keys(deployed({ deploy: organization }).sinks)).toEqual(["archive", "search"]);
  expect(Object.keys(deployed({ deploy: { ...organization, search: { type: "none" } } }).sinks)).toEqual(["archive"]);
});

const email = ["operations@example.com"];

it("tells addresses by the topic of alerting, when nobody but the inbox would be told", () => {
  const { channels, oncall } = deployed({ deploy: { email } });
  expect(channels).toMatchObject({ inbox: { type: "inbox" }, email: { type: "sns", maxAttempts: 6 } });
  expect(oncall.receivers.default?.channels).toEqual(["inbox", "email"]);
});

it("tells them by the receiver of the topmost route, whatever it is called", () => {
  const receivers = { team: { channels: [] }, others: { channels: ["inbox"] } };
  const { oncall } = deployed({ deploy: { email }, oncall: { route: { receiver: "team" }, receivers } });
  expect(oncall.receivers).toMatchObject({ team: { channels: ["email"] }, others: { channels: ["inbox"] } });
});

it.each<[string, ConfigInput]>([
  ["there are none", {}],
  ["alerting is off", { deploy: { email, alerting: { enabled: false } } }],
  [
    "somebody is told",
    {
      deploy: { email },
      channels: { chat: { type: "slack-webhook", url: "/belfry/slack" } },
      oncall: { receivers: { default: { channels: ["chat"] } } },
    },
  ],
  [
    "there is a channel of that name",
    { deploy: { email }, channels: { email: { type: "email", from: "a@example.com", to: ["b@example.com"] } } },
  ],
])("does not tell addresses when %s", (_, input) => {
  const config = parseConfig(input, "test");
  expect(deployedConfig(config)).toBe(config);
});
