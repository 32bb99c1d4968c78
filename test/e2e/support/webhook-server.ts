import { createHmac } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import type { Notification } from "@belfry/core/event/notification";

/** A receiver of notifications on a free port of loopback, which takes all that are signed with its secret. */
export class WebhookServer {
  /** In the order they came; each attempt is one. */
  readonly received: Notification[] = [];
  readonly #server: http.Server;

  private constructor(secret: string) {
    this.#server = http.createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      const signed = `v1:${request.headers["belfry-timestamp"]}:${body}`;
      const signature = `v1=${createHmac("sha256", secret).update(signed).digest("hex")}`;
      const isOurs = request.headers["belfry-signature"] === signature;
      if (isOurs) this.received.push((JSON.parse(body) as { notification: Notification }).notification);
      response.writeHead(isOurs ? 204 : 401).end();
    });
  }

  static async start(secret: string): Promise<WebhookServer> {
    const started = new WebhookServer(secret);
    await new Promise<void>((listening) => started.#server.listen(0, "127.0.0.1", listening));
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/alerts`;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((stopped) => this.#server.close(() => stopped()));
  }
}
