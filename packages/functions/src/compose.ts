import type { Handler } from "aws-lambda";
import type { Runtime } from "./runtime.ts";

/** Makes a handler that binds itself to AWS at its first call and keeps what it bound. A failed binding is tried again at the next call. */
export function inAws<Event, Result>(make: (runtime: Runtime) => Handler<Event, Result>): Handler<Event, Result> {
  let bound: Promise<Handler<Event, Result>> | undefined;
  return async (event, context) => {
    bound ??= compose().then(make);
    try {
      const handler = await bound;
      return (await handler(event, context, () => undefined)) as Result;
    } catch (error) {
      bound = bound.catch(() => undefined).then((handler) => handler ?? compose().then(make));
      throw error;
    }
  };
}
async function compose(): Promise<Runtime> {
  throw new Error("todo");
}
