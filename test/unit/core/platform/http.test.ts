import http from "node:http";
import type { AddressInfo } from "node:net";
import { httpSender } from "@belfry/core/platform/http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

describe("httpSender", () => {
  const seen: { method: string; url: string; headers: http.IncomingHttpHeaders; body: string }[] = [];
  let respond: (response: http.ServerResponse) => void;
  let server: http.Server;
  let url: URL;

  beforeEach(async () => {
    seen.length = 0;
    respond = (response) => response.writeHead(201).end("taken");
    server = http.createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method = "", url: path = "", headers } = request;
      seen.push({ method, url: path, headers, body: Buffer.concat(chunks).toString("utf8") });
      respond(response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  const post = {
    method: "POST",
    path: "/_bulk?x=1",
    headers: { "content-type": "text/plain" },
    body: Buffer.from("body"),
  } as const;

  it("sends a request and reads the answer to its end, whatever the status", async () => {
    const answer = { status: 201, body: Buffer.from("taken"), headers: { connection: "keep-alive" } };
    expect(await httpSender(url)(post)).toMatchObject(answer);
    expect(seen).toMatchObject([
      {
        method: "POST",
        url: "/_bulk?x=1",
        body: "body",
        headers: { "content-length": "4", "content-type": "text/plain", host: url.host },
      },
    ]);
    respond = (response) => response.writeHead(503).end();
    expect(await httpSender(url)({ method: "GET", path: "/", headers: {} })).toMatchObject({ status: 503 });
  });

  it("puts the endpoint's path before each request's, and its user into basic authentication", async () => {
    url.pathname = "/search/";
    url.username = "us:er".replace(":", "%3A");
    url.password = "p%40ss";
    await httpSender(url)(post);
    expect(seen[0].url).toBe("/search/_bulk?x=1");
    expect(seen[0].headers.authorization).toBe(`Basic ${Buffer.from("us:er:p@ss").toString("base64")}`);
  });

  it("uses a connection again", async () => {
    let connections = 0;
    server.on("connection", () => connections++);
    for (let i = 0; i < 3; i++) await httpSender(url)(post);
    expect(connections).toBe(1);
  });

  const noAnswer = (code: string) => ({
    code: "UNAVAILABLE",
    retryable: true,
    cause: expect.objectContaining({ code }),
  });

  it("raises what the network says when nobody listens, or the connection breaks", async () => {
    respond = (response) => response.socket?.destroy();
    await expect(httpSender(url)(post)).rejects.toMatchObject(noAnswer("ECONNRESET"));
    await new Promise((resolve) => server.close(resolve));
    await expect(httpSender(url)(post)).rejects.toMatchObject(noAnswer("ECONNREFUSED"));
  });

  it("raises when an answer breaks off", async () => {
    respond = (response) => {
      response.writeHead(200, { "content-length": 100 }).write("part");
      setImmediate(() => response.socket?.destroy());
    };
    await expect(httpSender(url)(post)).rejects.toMatchObject(noAnswer("ECONNRESET"));
  });

  it("waits no longer than its time-out, before the answer and within it", async () => {
    respond = () => undefined;
    await expect(httpSender(url, { timeoutMs: 30 })(post)).rejects.toMatchObject(noAnswer("ETIMEDOUT"));
    respond = (response) => void response.writeHead(200).write("part");
    await expect(httpSender(url, { timeoutMs: 30 })(post)).rejects.toMatchObject(noAnswer("ETIMEDOUT"));
  });

  it("stops at once when the signal aborts, and does not begin when it has", async () => {
    respond = () => undefined;
    const aborted = { code: "UNAVAILABLE", cause: expect.objectContaining({ name: "AbortError" }) };
    const controller = new AbortController();
    const answer = httpSender(url)(post, controller.signal);
    setImmediate(() => controller.abort());
    await expect(answer).rejects.toMatchObject(aborted);
    await expect(httpSender(url)(post, AbortSignal.abort())).rejects.toMatchObject(aborted);
  });
});
