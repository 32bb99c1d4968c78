import type { PutEntry, PutRecords } from "@belfry/core/platform/clients";
import { streamWriter } from "@belfry/core/sinks/stream-writer";
import { describe, expect, it } from "vitest";

const retrying = { random: () => 0.5, sleep: async () => undefined };
const entries = (count: number, bytes = 10): PutEntry[] =>
  Array.from({ length: count }, (_, n) => ({ data: Buffer.alloc(bytes, n), key: String(n) }));

function stream(refuse: (entry: PutEntry, call: number) => string | undefined) {
  const taken: string[] = [];
  const calls: number[] = [];
  const put: PutRecords = async (call) => {
    calls.push(call.length);
    return call.map((entry) => {
      const code = refuse(entry, calls.length);
      if (code === undefined) taken.push(entry.key);
      return code;
    });
  };
  return { taken, calls, put };
}

const { signal } = new AbortController();

describe("writing to a stream", () => {
  it("keeps to 500 records and 5 MiB a call", async () => {
    const { taken, calls, put } = stream(() => undefined);
    await streamWriter(put, retrying)(entries(1001), signal);
    await streamWriter(put, retrying)(entries(11, 1024 * 1000), signal);
    expect(calls).toEqual([500, 500, 1, 5, 5, 1]);
    expect(taken).toHaveLength(1012);
  });

  it("sends again only what was refused", async () => {
    const { taken, calls, put } = stream(({ key }, call) =>
      key === "3" && call < 3 ? "ProvisionedThroughputExceededException" : undefined,
    );
    await streamWriter(put, retrying)(entries(5), signal);
    expect(calls).toEqual([5, 1, 1]);
    expect(taken.toSorted()).toEqual(["0", "1", "2", "3", "4"]);
  });

  it("raises what is refused for good, with how many and why", async () => {
    const { put } = stream(({ key }) => (key === "3" ? "InternalFailure" : undefined));
    const written = streamWriter(put, retrying)(entries(5), signal);
    await expect(written).rejects.toMatchObject({
      code: "UNAVAILABLE",
      retryable: true,
      message: "kinesis did not take 1 records: InternalFailure",
    });
  });

  it("does not try again what may never work", async () => {
    let calls = 0;
    const denied = Object.assign(new Error("no"), {
      name: "AccessDeniedException",
      $metadata: { httpStatusCode: 400 },
    });
    const put: PutRecords = () => {
      calls++;
      return Promise.reject(denied);
    };
    const written = streamWriter(put, retrying)(entries(2), signal);
    await expect(written).rejects.toMatchObject({ retryable: false, message: /AccessDeniedException/ });
    expect(calls).toBe(1);
  });
});
