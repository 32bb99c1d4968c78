import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, isIP, type LookupFunction, type Server } from "node:net";
import { gzipSync } from "node:zlib";
import packet, { type Answer } from "dns-packet";
import { type ServerIdentity, selfSignedIdentity, testAuthority } from "./test-certificates.ts";

// A site on loopback that can go wrong in every way that a canary must tell apart.

/** A request as the site got it. */
export interface SiteRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** The site, by the URLs and ports of its parts. */
export interface FaultSite {
  readonly http: string;
  /** Certificates of the site's own authority, whose root is in `roots`: a good one, and bad ones. */
  readonly https: string;
  readonly expired: string;
  readonly wrongHost: string;
  readonly selfSigned: string;
  /** Its connections are accepted, and end with the first byte. */
  readonly brokenTls: string;
  /** Nobody listens there. */
  readonly refused: string;
  readonly roots: readonly string[];
  /** Finds `*.test` on loopback, and nothing for `*.invalid`; asks nobody. */
  readonly lookup: LookupFunction;
  /** Answers each line with `+` and the line; `hang` it does not answer, and `bye` ends the connection. */
  readonly tcpPort: number;
  /** Speaks DNS by UDP and TCP for `shop.test`. */
  readonly dnsPort: number;
  readonly requests: SiteRequest[];
  close(): Promise<void>;
}

type Route = (request: SiteRequest, response: ServerResponse) => void;

const json = (response: ServerResponse, value: unknown, status = 200): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
};

const redirect =
  (location: string, status = 302): Route =>
  (_request, response) => {
    response.writeHead(status, { location }).end();
  };

/** Routes by path; those that hang are ended when the site closes. */
const ROUTES: Readonly<Record<string, Route>> = {
  "/ok": (_request, response) =>
    json(response, { status: "ok", items: [{ id: 7, name: "lamp" }], next: "<a href='/echo'>next</a>" }),
  "/wrong-body": (_request, response) => response.writeHead(200, { "content-type": "text/html" }).end("<h1>Sorry</h1>"),
  "/error": (_request, response) => json(response, { error: "broken" }, 500),
  "/hang": () => undefined,
  // Byte after byte, and never an end.
  "/slow": (_request, response) => {
    response.writeHead(200, { "content-type": "text/plain" });
    const timer = setInterval(() => response.write("."), 20);
    response.on("close", () => clearInterval(timer));
  },
  "/reset": (_request, response) => void response.socket?.resetAndDestroy(),
  "/truncated": (_request, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
    response.write('{"status":"ok"', () => response.socket?.destroy());
  },
  "/truncated-gzip": (_request, response) => {
    const body = gzipSync("x".repeat(10_000));
    response.writeHead(200, { "content-encoding": "gzip" }).end(body.subarray(0, 20));
  },
  "/gzip": (_request, response) => {
    response.writeHead(200, { "content-encoding": "gzip", "content-type": "application/json" });
    response.end(gzipSync(`{"status":"ok","next":"<a href='/echo'>next</a>"}`));
  },
  "/large": (_request, response) => response.end("x".repeat(3_000_000)),
  "/redirect": redirect("/ok"),
  "/redirect-loop": redirect("/redirect-loop/back"),
  "/redirect-loop/back": redirect("/redirect-loop"),
  "/redirect-on": ({ path }, response) => response.writeHead(302, { location: `${path}x` }).end(),
  "/redirect-metadata": redirect("http://169.254.169.254/latest/meta-data/"),
  "/redirect-file": redirect("file:///etc/passwd"),
  "/redirect-post": redirect("/echo"),
  "/redirect-keep": redirect("/echo", 307),
  "/redirect-away": redirect("http://away.test:1/"),
  "/redirect-other": ({ headers: { host } }, response) =>
    response.writeHead(307, { location: `http://other.test:${String(host).split(":")[1]}/echo` }).end(),
  "/redirect-broken": redirect("http://[broken"),
  "/echo": ({ method, headers, body }, response) => json(response, { method, headers, body }),
  "/token": ({ headers, body }, response) => {
    const isKnown = headers.authorization !== undefined || body.includes("client_secret");
    json(response, isKnown ? { access_token: "granted-token-0815", token_type: "Bearer" } : {}, isKnown ? 200 : 401);
  },
  // A page for browsers, and what it fetches from the other origin without leave.
  "/cors": (_request, response) => {
    response.writeHead(200, { "content-type": "text/html" });
    response.end(`<p id="out">…</p><script>fetch("/no-cors").then(() => { out.textContent = "fetched"; })</script>`);
  },
  "/no-cors": (_request, response) => json(response, {}),
};

/** Starts all of it. */
export async function startFaultSite(): Promise<FaultSite> {
  const authority = await testAuthority();
  const here = ["localhost", "shop.test", "127.0.0.1"];
  const identities = {
    https: await authority.issue({ names: here, timestamps: 2 }),
    expired: await authority.issue({ names: here, fromDays: -90, toDays: -1 }),
    wrongHost: await authority.issue({ names: ["other.test"] }),
    selfSigned: await selfSignedIdentity({ names: here }),
  };
  const requests: SiteRequest[] = [];
  const servers: Server[] = [];
  const listen = async (server: Server): Promise<number> => {
    servers.push(server);
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return (server.address() as AddressInfo).port;
  };
  const handler = routed(requests);
  const secure = async (identity: ServerIdentity) =>
    `https://localhost:${await listen(createTlsServer(identity, handler))}`;
  const udp = createSocket("udp4");
  const dnsPort = await listen(
    createTcpServer((socket) => void socket.on("data", (data) => socket.end(answeredTcp(data)))),
  );
  await listenUdp(udp, dnsPort);
  return {
    http: `http://localhost:${await listen(createServer(handler))}`,
    https: await secure(identities.https),
    expired: await secure(identities.expired),
    wrongHost: await secure(identities.wrongHost),
    selfSigned: await secure(identities.selfSigned),
    brokenTls: `https://localhost:${await listen(createTcpServer((socket) => void socket.once("data", () => socket.end("no TLS\n"))))}`,
    refused: `http://localhost:${await freePort()}`,
    roots: [authority.root],
    lookup: lookupHere,
    tcpPort: await listen(createTcpServer(lineServer)),
    dnsPort,
    requests,
    close: async () => {
      udp.close();
      for (const server of servers) {
        if ("closeAllConnections" in server) (server.closeAllConnections as () => void)();
        await new Promise((closed) => server.close(closed));
      }
    },
  };
}

function routed(requests: SiteRequest[]): RequestListener {
  return async (request: IncomingMessage, response: ServerResponse) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const path = request.url ?? "/";
    const seen = { method: request.method ?? "", path, headers: request.headers, body };
    requests.push(seen);
    const [name = "/"] = path.split("?");
    const route = ROUTES[name] ?? (name.startsWith("/redirect-on") ? ROUTES["/redirect-on"] : undefined);
    if (route === undefined) json(response, { error: "not here" }, 404);
    else route(seen, response);
  };
}

const lookupHere: LookupFunction = (hostname, options, callback) => {
  if (hostname === "localhost" || hostname.endsWith(".test") || isIP(hostname) !== 0) {
    const address = { address: "127.0.0.1", family: 4 };
    return options.all === true ? callback(null, [address]) : callback(null, address.address, address.family);
  }
  const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: "ENOTFOUND" });
  callback(error, "", 0);
};

function lineServer(socket: import("node:net").Socket): void {
  socket.on("error", () => socket.destroy());
  socket.on("data", (data) => {
    const line = data.toString("utf8");
    if (line.startsWith("bye")) socket.end();
    else if (!line.startsWith("hang")) socket.write(`+${line}`);
  });
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

const RECORDS: readonly Answer[] = [
  { type: "A", name: "shop.test", ttl: 60, data: "192.0.2.1" },
  { type: "A", name: "shop.test", ttl: 60, data: "192.0.2.2" },
  { type: "MX", name: "shop.test", ttl: 300, data: { preference: 10, exchange: "mail.shop.test" } },
  { type: "TXT", name: "shop.test", ttl: 300, data: ["v=spf1 ", "-all"] },
  { type: "CNAME", name: "www.shop.test", ttl: 30, data: "shop.test" },
];

// Answers of `big.test` do not fit in UDP.
const MANY: readonly Answer[] = Array.from({ length: 80 }, (_, i) => ({
  type: "A" as const,
  name: "big.test",
  ttl: 60,
  data: `192.0.2.${i}`,
}));

const RCODE = { "missing.test": 3, "failing.test": 2 } as Readonly<Record<string, number>>;

/** A question's answer; `silent.test` gets none. */
function answered(question: packet.Packet, isTcp: boolean): packet.Packet | undefined {
  const { name = "", type } = question.questions?.[0] ?? {};
  if (name === "silent.test") return undefined;
  const isCut = name === "big.test" && !isTcp;
  const answers = [...RECORDS, ...MANY].filter((record) => record.name === name && record.type === type);
  const flags = packet.AUTHORITATIVE_ANSWER | (RCODE[name] ?? 0) | (isCut ? packet.TRUNCATED_RESPONSE : 0);
  return { type: "response", id: question.id, flags, questions: question.questions, answers: isCut ? [] : answers };
}

function answeredTcp(data: Buffer): Buffer {
  const answer = answered(packet.streamDecode(data), true);
  return answer === undefined ? Buffer.alloc(0) : packet.streamEncode(answer);
}

async function listenUdp(socket: UdpSocket, port: number): Promise<void> {
  socket.on("message", (message, from) => {
    const answer = answered(packet.decode(message), false);
    if (answer !== undefined) socket.send(packet.encode(answer), from.port, from.address);
  });
  await new Promise<void>((bound) => socket.bind(port, "127.0.0.1", bound));
}
