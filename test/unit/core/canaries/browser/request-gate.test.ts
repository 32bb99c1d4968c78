import { guardRequests } from "@belfry/core/canaries/browser/request-gate";
import { networkRules } from "@belfry/core/canaries/network-rules";
import { createLogger } from "@belfry/core/platform/logger";
import { describe, expect, test } from "vitest";

const ALLOW = { hosts: ["*"], privateAddresses: true, metadataAddresses: false };
const ADDRESSES: Readonly<Record<string, string>> = { "shop.test": "192.0.2.7", "evil.test": "169.254.169.254" };

/** A browser that sends requests through the gate, and what the gate answered to each. */
async function gate(traceHeader?: string) {
  const sent: { readonly method: string; readonly parameters: Readonly<Record<string, unknown>> }[] = [];
  let pause: (event: unknown) => void = () => undefined;
  const session = {
    on: (_name: string, listener: (event: unknown) => void) => {
      pause = listener;
    },
    send: async (method: string, parameters: Readonly<Record<string, unknown>>) => {
      sent.push({ method, parameters });
    },
  } as unknown as Parameters<typeof guardRequests>[0];
  const refused: string[] = [];
  const network = networkRules(ALLOW, {
    lookup: (host, _options, callback) => {
      const address = ADDRESSES[host];
      if (address === undefined) callback(Object.assign(new Error("not found"), { code: "ENOTFOUND" }), []);
      else callback(null, [{ address, family: 4 }]);
    },
  });
  const traceHeaderFor = (url: URL) => (url.hostname === "shop.test" ? traceHeader : undefined);
  const logger = createLogger({ level: "off" });
  await guardRequests(session, { network, traceHeaderFor, logger }, (url, reason) => refused.push(`${url}: ${reason}`));
  const request = async (url: string) => {
    const before = sent.length;
    pause({ requestId: "1", request: { url, headers: { Accept: "*/*" } } });
    await expect.poll(() => sent.length).toBe(before + 1);
    return sent[before];
  };
  return { request, refused };
}

describe("the gate", () => {
  test.each(["https://shop.test/", "http://192.0.2.9/", "data:text/plain,x", "blob:http://a", "http://nowhere.test/"])(
    "lets %s through as it is",
    async (url) => {
      const { request, refused } = await gate("Root=1");
      const answer = await request(url);
      expect(answer?.method).toBe("Fetch.continueRequest");
      expect(answer?.parameters.headers === undefined).toBe(url !== "https://shop.test/");
      expect(refused).toEqual([]);
    },
  );

  test.each(["http://169.254.169.254/latest/", "http://evil.test/", "file:///etc/passwd", "ftp://shop.test/"])(
    "refuses %s, and says why",
    async (url) => {
      const { request, refused } = await gate();
      expect(await request(url)).toMatchObject({ parameters: { errorReason: "BlockedByClient" } });
      expect(refused).toHaveLength(1);
    },
  );

  test("adds the trace header to what the page itself sends", async () => {
    const { request } = await gate("Root=1-2-3;Sampled=1");
    expect((await request("https://shop.test/"))?.parameters.headers).toEqual([
      { name: "Accept", value: "*/*" },
      { name: "X-Amzn-Trace-Id", value: "Root=1-2-3;Sampled=1" },
    ]);
  });
});
