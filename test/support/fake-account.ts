import http from "node:http";
import type { AddressInfo } from "node:net";

/** What a call is answered with: members, XML of a query service's result, or the name of an error. */
export type Answer = object | { readonly xml: string } | { readonly error: string; readonly message?: string };

/** A call as a service gets it. */
export interface Call {
  /** As in IAM: `logs:DescribeLogGroups`. */
  readonly action: string;
  /** Of the signature. */
  readonly region: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A stand-in of the services that are read of an account, on one loopback port: those of JSON 1.1 and of the query protocol. */
export interface FakeAccount {
  readonly url: string;
  readonly calls: readonly Call[];
  close(): Promise<void>;
}

/** By the first part of `X-Amz-Target`, or the query protocol's `Version`. */
const SERVICES: Readonly<Record<string, string>> = {
  Logs_20140328: "logs",
  ServiceQuotasV20190624: "servicequotas",
  AWSHealth_20160804: "health",
  AWSOrganizationsV20161128: "organizations",
  Kinesis_20131202: "kinesis",
  Firehose_20150804: "firehose",
  "2011-06-15": "sts",
  "2010-05-15": "cloudformation",
};

/** Starts the stand-in on a free port of loopback; what `answer` leaves undefined is an action that the service does not have. */
export async function fakeAccount(answer: (call: Call) => Answer | undefined): Promise<FakeAccount> {
  const calls: Call[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const call = callOf(request, Buffer.concat(chunks).toString("utf8"));
      calls.push(call);
      const { status, body } = responseTo(call, answer(call) ?? { error: "UnknownOperationException" });
      response.writeHead(status).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function callOf({ headers }: http.IncomingMessage, body: string): Call {
  const [, region = ""] = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(headers.authorization ?? "") ?? [];
  const target = headers["x-amz-target"];
  if (typeof target === "string") {
    const [service = "", operation] = target.split(".");
    return { action: `${SERVICES[service] ?? service}:${operation}`, region, input: JSON.parse(body) };
  }
  const input = Object.fromEntries(new URLSearchParams(body));
  return { action: `${SERVICES[input.Version ?? ""]}:${input.Action}`, region, input };
}

function responseTo({ action }: Call, answer: Answer): { status: number; body: string } {
  const isQuery = /^(sts|cloudformation):/.test(action);
  const operation = action.slice(action.indexOf(":") + 1);
  if ("error" in answer) {
    const message = "message" in answer ? answer.message : "refused by the test";
    return {
      status: 400,
      body: isQuery
        ? `<ErrorResponse><Error><Type>Sender</Type><Code>${answer.error}</Code><Message>${message}</Message></Error></ErrorResponse>`
        : JSON.stringify({ __type: answer.error, message }),
    };
  }
  if (!("xml" in answer)) return { status: 200, body: JSON.stringify(answer) };
  const body = `<${operation}Response><${operation}Result>${answer.xml}</${operation}Result></${operation}Response>`;
  return { status: 200, body };
}
