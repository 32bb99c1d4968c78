import http from "node:http";
import type { AddressInfo } from "node:net";
import { BulkStore } from "./bulk-store.ts";

/** What the connection does with a request, in place of an answer. */
export type Fault = "hang" | "reset";

/** A stand-in of OpenSearch on loopback. */
export interface FakeOpenSearch {
  readonly url: string;
  readonly store: BulkStore;
  /** Other requests than bulk ones: `PUT /_index_template/…`, with their bodies. */
  readonly puts: { readonly path: string; readonly body: string }[];
  /** Faults of the next requests, one each, before any script of the store. */
  readonly faults: Fault[];
  /** Has the ISM plugin, without which OpenSearch says "no handler found". */
  plugins: boolean;
  close(): Promise<void>;
}

/** Starts the stand-in on a free port of loopback. */
export async function fakeOpenSearch(): Promise<FakeOpenSearch> {
  const store = new BulkStore();
  const faults: Fault[] = [];
  const puts: { path: string; body: string }[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const fault = faults.shift();
      if (fault === "hang") return;
      if (fault === "reset") return void request.socket.destroy();
      const { status, body } = answer(request, Buffer.concat(chunks));
      response.writeHead(status, { "content-type": "application/json" }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const fake: FakeOpenSearch = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    store,
    puts,
    faults,
    plugins: false,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const answer = (request: http.IncomingMessage, body: Buffer): { status: number; body: Buffer | string } => {
    const path = request.url ?? "/";
    if (path.startsWith("/_bulk")) return store.answer(request.headers, body, path);
    puts.push({ path, body: body.toString("utf8") });
    if (path.startsWith("/_plugins/") && !fake.plugins) {
      return { status: 400, body: JSON.stringify({ error: `no handler found for uri [${path}] and method [PUT]` }) };
    }
    return { status: 200, body: '{"acknowledged":true}' };
  };
  return fake;
}
