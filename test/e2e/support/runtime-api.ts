import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const NATIVE_CLIENT = fileURLToPath(new URL("native-client.ts", import.meta.url));
const MEMORY_MB = 256;
const TRACE = "Root=1-67403a00-0123456789abcdef01234567;Parent=53995c3f42cd8ad8";

/** What a function is started with. */
export interface FunctionSettings {
  /** The folder of AWS's runtime client. */
  readonly runtimeClient: string;
  /** The folder of the bundle, with `index.mjs` in it. */
  readonly bundle: string;
  readonly name: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** Who it runs as, where the test may choose: Lambda's is no administrator. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Whether X-Ray chose the invocations to be traced. */
  readonly sampled?: boolean;
}

/** What a function answered, or the error that it ended with. */
export type Answer =
  | { readonly value: unknown }
  | { readonly error: { readonly errorType: string; readonly errorMessage: string } };

interface Invocation {
  readonly id: string;
  readonly event: unknown;
  readonly settle: (answer: Answer) => void;
}

/**
 * Runs a bundle as Lambda does: AWS's runtime client in a process of its own, and the Runtime API, which it asks for work, on loopback.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class LambdaFunction {
  /** Milliseconds from starting the process to its first question for work: Node, the runtime client and the bundle's own start. */
  coldStartMs = 0;
  /** What the function printed. */
  output = "";
  readonly #settings: FunctionSettings;
  readonly #server: Server;
  readonly #queue: Invocation[] = [];
  readonly #running = new Map<string, Invocation>();
  #waiting: ServerResponse | undefined;
  #process: ChildProcess | undefined;
  #failure: Error | undefined;
  #startedMs = 0;
  #onStarted: () => void = () => undefined;
  #onFailed: (error: Error) => void = () => undefined;

  private constructor(settings: FunctionSettings) {
    this.#settings = settings;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Starts a function and waits until it asks for its first event; raises what it failed with. */
  static async start(settings: FunctionSettings): Promise<LambdaFunction> {
    const started = new LambdaFunction(settings);
    await new Promise<void>((resolve) => started.#server.listen(0, "127.0.0.1", resolve));
    await new Promise<void>((resolve, reject) => {
      started.#onStarted = resolve;
      started.#onFailed = reject;
      started.#spawn();
    }).catch(async (error) => {
      await started.stop();
      throw error;
    });
    return started;
  }

  /** Invokes it once; an event at a time is worked on, as in Lambda. */
  invoke(event: unknown): Promise<Answer> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((settle) => {
      this.#queue.push({ id: randomUUID(), event, settle });
      this.#handOut();
    });
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      await new Promise((resolve) => {
        child.once("exit", resolve);
        child.kill("SIGKILL");
      });
    }
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #spawn(): void {
    const { runtimeClient, bundle, name, environment, user } = this.#settings;
    const { port } = this.#server.address() as AddressInfo;
    const handler = "index.handler";
    this.#startedMs = performance.now();
    const child = spawn(process.execPath, ["--import", NATIVE_CLIENT, `${runtimeClient}/index.mjs`, handler], {
      cwd: bundle,
      ...user,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env.PATH ?? "",
        TZ: ":UTC",
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
        LAMBDA_TASK_ROOT: bundle,
        _HANDLER: handler,
        AWS_LAMBDA_FUNCTION_NAME: name,
        AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MEMORY_MB),
        AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
        AWS_LAMBDA_LOG_STREAM_NAME: "2026/11/22/[$LATEST]0123456789abcdef0123456789abcdef",
        AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
        AWS_REGION: "eu-central-1",
        AWS_DEFAULT_REGION: "eu-central-1",
        ...environment,
      },
    });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (chunk: string) => {
        this.output += chunk;
      });
    }
    child.once("error", (error) => this.#fail(error));
    child.once("exit", (code, signal) =>
      this.#fail(new Error(`${name} ended with ${signal ?? code}:\n${this.output}`)),
    );
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#onFailed(this.#failure);
    const answer = { error: { errorType: "Runtime.ExitError", errorMessage: this.#failure.message } };
    for (const { settle } of [...this.#running.values(), ...this.#queue]) settle(answer);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    if (path.endsWith("/invocation/next")) {
      this.#waiting = response;
      if (this.coldStartMs === 0) this.coldStartMs = performance.now() - this.#startedMs;
      this.#onStarted();
      this.#handOut();
      return;
    }
    const body = JSON.parse((await text(request)) || "null");
    response.writeHead(202).end();
    const [, id, kind] = /\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    if (id !== undefined) this.#settle(id, kind === "response" ? { value: body } : { error: body });
    else if (path.endsWith("/init/error"))
      this.#fail(new Error(`${this.#settings.name}: ${body.errorType}: ${body.errorMessage}`));
  }

  #handOut(): void {
    const response = this.#waiting;
    if (response === undefined) return;
    const invocation = this.#queue.shift();
    if (invocation === undefined) return;
    this.#waiting = undefined;
    this.#running.set(invocation.id, invocation);
    const { name, timeoutMs = 30_000, sampled = false } = this.#settings;
    response.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": invocation.id,
      "lambda-runtime-deadline-ms": String(Date.now() + timeoutMs),
      "lambda-runtime-invoked-function-arn": `arn:aws:lambda:eu-central-1:111122223333:function:${name}`,
      "lambda-runtime-trace-id": `${TRACE};Sampled=${sampled ? 1 : 0}`,
    });
    response.end(JSON.stringify(invocation.event));
  }

  #settle(id: string, answer: Answer): void {
    this.#running.get(id)?.settle(answer);
    this.#running.delete(id);
  }
}
