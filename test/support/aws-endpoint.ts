// An AWS endpoint on loopback that answers what it is told to, for tests of what the clients send.
import http from "node:http";
import type { AddressInfo } from "node:net";
import { vi } from "vitest";

export interface AwsEndpoint {
  /** Action and input of each call. */
  readonly calls: [action: string, input: Record<string, unknown>][];
  /** Answers of the next calls, one each; an empty object when there are none. */
  readonly answers: { readonly status?: number; readonly body: object }[];
  close(): void;
}

/** Starts it, and points the environment's AWS clients to it. */
export async function awsEndpoint(): Promise<AwsEndpoint> {
  const calls: AwsEndpoint["calls"] = [];
  const answers: AwsEndpoint["answers"] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const action = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
      calls.push([action, JSON.parse(Buffer.concat(chunks).toString())]);
      const { status = 200, body } = answers.shift() ?? { body: {} };
      response.writeHead(status, { "content-type": request.headers["content-type"] }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  return {
    calls,
    answers,
    close: () => {
      vi.unstubAllEnvs();
      server.closeAllConnections();
      server.close();
    },
  };
}
