import { BelfryError, messageOf } from "@belfry/core/platform/errors";
import type { SendHttp } from "@belfry/core/platform/http";
import type { TaskInvocation, TaskRuntime } from "./task.ts";

/** What CloudFormation sends for a custom resource. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html */
export interface CustomResourceEvent {
  readonly RequestType: "Create" | "Update" | "Delete";
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
}

/** What of a resource's own is told to CloudFormation, as attributes. */
export type ResourceData = Readonly<Record<string, string>>;

/** How a custom resource does its work. */
export interface CustomResource {
  /** The same for all requests of a resource; another one would have it replaced. */
  readonly physicalId: string;
  /** Creates or updates it; the signal aborts while there is still time to answer. */
  readonly put: (signal: AbortSignal) => Promise<ResourceData>;
}

// CloudFormation takes 4,096 bytes in all. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
const MAX_REASON = 1000;
const MAX_VALUE = 500;

// For the answer and, where it does not get through at once, a few tries more.
const ANSWER_MS = 8_000;
const ANSWER_TRIES = 4;
const ANSWER_PAUSE_MS = 500;

/** Whether an event comes from CloudFormation. */
export function isCustomResourceEvent(event: object): event is CustomResourceEvent {
  return "RequestType" in event && "ResponseURL" in event && typeof event.ResponseURL === "string";
}

/**
 * Does what CloudFormation asks for and says so at its URL, whatever comes of it and before the function's time is over: without an answer a stack hangs for an hour. A resource that
 * is deleted leaves everything as it is. Raises UNAVAILABLE only when the answer itself did not get through: Lambda then brings the event again.
 */
export async function answerCustomResource(
  event: CustomResourceEvent,
  resource: CustomResource,
  sendTo: (url: URL) => SendHttp,
  world: Pick<TaskRuntime, "sleep"> & TaskInvocation,
): Promise<void> {
  const answer = await outcomeOf(event, resource, world);
  const body = Buffer.from(
    JSON.stringify({
      ...answer,
      PhysicalResourceId: resource.physicalId,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
    }),
  );
  const url = new URL(event.ResponseURL);
  const send = sendTo(new URL(url.origin));
  for (let tries = 1; ; tries++) {
    const failure = await putAnswer(send, url, body);
    if (failure === undefined) return;
    if (tries === ANSWER_TRIES) {
      throw new BelfryError("UNAVAILABLE", `cannot answer CloudFormation: ${failure}`, { retryable: true });
    }
    await world.sleep(ANSWER_PAUSE_MS * tries);
  }
}

interface Outcome {
  readonly Status: "SUCCESS" | "FAILED";
  readonly Reason?: string;
  readonly Data?: ResourceData;
}

async function outcomeOf(
  { RequestType }: CustomResourceEvent,
  resource: CustomResource,
  { remainingMs, logger }: TaskInvocation,
): Promise<Outcome> {
  if (RequestType === "Delete") return { Status: "SUCCESS" };
  const workMs = Math.max(remainingMs() / 2, remainingMs() - ANSWER_MS);
  const signal = AbortSignal.timeout(Math.max(1, Math.floor(workMs)));
  try {
    if (RequestType !== "Create" && RequestType !== "Update") {
      throw new BelfryError(
        "BAD_EVENT",
        `CloudFormation asks for "${RequestType}": Create, Update and Delete are known`,
      );
    }
    const data = await Promise.race([resource.put(signal), onAbort(signal)]);
    return { Status: "SUCCESS", Data: cutValues(data) };
  } catch (error) {
    logger.error("CloudFormation is told that it failed", { error });
    return { Status: "FAILED", Reason: messageOf(error).slice(0, MAX_REASON) };
  }
}

function onAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () =>
      reject(new BelfryError("UNAVAILABLE", "not done in the function's time: deploy again", { retryable: true }));
    signal.addEventListener("abort", fail, { once: true });
  });
}

function cutValues(data: ResourceData): ResourceData {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, value.slice(0, MAX_VALUE)]));
}

/** Why it did not get through; undefined when it did. The URL is signed for a request without a content type. */
async function putAnswer(send: SendHttp, { pathname, search }: URL, body: Buffer): Promise<string | undefined> {
  try {
    const { status } = await send({ method: "PUT", path: pathname + search, headers: { "content-type": "" }, body });
    return status >= 200 && status < 300 ? undefined : `it answered ${status}`;
  } catch (error) {
    return messageOf(error);
  }
}
