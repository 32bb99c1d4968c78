import { type Fleet, traceId, userAgent } from "./fleet.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** An access log line of API Gateway in JSON, its fields as strings, as `$context` variables give them. */
export function apigw(fleet: Fleet, timeMs: number): string {
  const { random } = fleet;
  const api = "asad15n3p0";
  return JSON.stringify({
    requestId: random.uuid(),
    extendedRequestId: `${random.base64(15)}=`,
    ip: random.pickSkewed(fleet.publicAddresses),
    caller: "-",
    user: "-",
    requestTime: commonLogTime(timeMs),
    requestTimeEpoch: timeMs,
    httpMethod: random.pick(["GET", "GET", "GET", "POST", "PUT", "DELETE"]),
    resourcePath: random.pick(["/orders", "/orders/{id}", "/users/{id}", "/health", "/search"]),
    path: `/prod/orders/${random.integer(1, 100_000)}`,
    status: random.pick(["200", "200", "200", "200", "201", "404", "500", "429"]),
    protocol: "HTTP/1.1",
    responseLength: String(random.integer(20, 9000)),
    responseLatency: String(random.integer(3, 900)),
    integrationLatency: String(random.integer(2, 800)),
    userAgent: userAgent(random),
    stage: "prod",
    apiId: api,
    domainName: `${api}.execute-api.${fleet.region}.amazonaws.com`,
    xrayTraceId: traceId(random),
  });
}

const NAMES = [
  "s3.ap-northeast-2.amazonaws.com.",
  "sqs.ap-northeast-2.amazonaws.com.",
  "orders.internal.example.com.",
  "api.example.com.",
  "1.amazon.pool.ntp.org.",
  "does-not-exist.example.invalid.",
  "redis-001.abc.0001.apn2.cache.amazonaws.com.",
  "kinesis.ap-northeast-2.amazonaws.com.",
] as const;

/** A query log record of Route 53 Resolver. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html */
export function resolver(fleet: Fleet, timeMs: number): string {
  const { random } = fleet;
  const name = random.pick(NAMES);
  const unknown = name.endsWith(".invalid.");
  const answer = () => ({ Rdata: random.pickSkewed(fleet.publicAddresses), Type: "A", Class: "IN" });
  return JSON.stringify({
    version: "1.100000",
    account_id: fleet.account,
    region: fleet.region,
    vpc_id: fleet.vpcs[0],
    query_timestamp: `${new Date(timeMs).toISOString().slice(0, 19)}Z`,
    query_name: name,
    query_type: random.pick(["A", "A", "A", "AAAA"]),
    query_class: "IN",
    rcode: unknown ? "NXDOMAIN" : "NOERROR",
    answers: unknown ? [] : random.list(random.integer(1, 3), answer),
    srcaddr: random.pick(fleet.privateAddresses),
    srcport: String(random.integer(1024, 65_535)),
    transport: "UDP",
    srcids: { instance: random.pickSkewed(fleet.instances), resolver_endpoint: "rslvr-in-0123456789abcdef0" },
  });
}

/** A line in nginx's "combined" format. */
export function nginx(fleet: Fleet, timeMs: number): string {
  const { random } = fleet;
  const user = random.chance(0.05) ? random.pick(fleet.people) : "-";
  const path = `/${random.pick(["orders", "static/app.js", "users", "search?q=lamp", "login"])}/${random.integer(1, 9999)}`;
  const request = `${random.pick(["GET", "GET", "POST"])} ${path} HTTP/1.1`;
  const answer = `${random.pick([200, 200, 200, 304, 404, 500])} ${random.integer(20, 90_000)}`;
  const referrer = random.chance(0.5) ? "-" : "https://www.example.com/";
  const client = random.pickSkewed(fleet.publicAddresses);
  return `${client} - ${user} [${commonLogTime(timeMs)}] "${request}" ${answer} "${referrer}" "${userAgent(random)}"`;
}

/** An entry of an Application Load Balancer's access log. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html */
export function alb(fleet: Fleet, timeMs: number): string {
  const { random, region, account } = fleet;
  const target = `${random.pick(fleet.privateAddresses)}:8080`;
  const time = new Date(timeMs).toISOString().slice(0, 23);
  return [
    "https",
    `${time}${random.digits(3)}Z`,
    "app/web/50dc6c495c0c9188",
    `${random.pickSkewed(fleet.publicAddresses)}:${random.integer(1024, 65_535)}`,
    target,
    `0.00${random.integer(0, 9)} 0.${random.digits(3)} 0.000`,
    `${random.pick([200, 200, 404, 502])} 200 ${random.integer(30, 900)} ${random.integer(100, 90_000)}`,
    `"${random.pick(["GET", "POST"])} https://www.example.com:443/orders/${random.integer(1, 100_000)} HTTP/2.0"`,
    `"${userAgent(random)}" TLS_AES_128_GCM_SHA256 TLSv1.3`,
    `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/web/73e2d6bc24d8a067`,
    `"Root=${traceId(random)}" "www.example.com"`,
    `"arn:aws:acm:${region}:${account}:certificate/12345678-1234-1234-1234-123456789012"`,
    `0 ${time}000Z "forward" "-" "-" "${target}" "200" "-" "-" TID_${random.hex(32)}`,
  ].join(" ");
}

function commonLogTime(timeMs: number): string {
  const iso = new Date(timeMs).toISOString();
  return `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}
