import { query } from "json-p3";
import { messageOf } from "../../platform/errors.ts";
import { CanaryFailure } from "../failure.ts";

const SHOWN_LENGTH = 60;

/** The body as JSON. Raises CanaryFailure of class `assertion` for what is none. */
export function parsedJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    const text = `the body is no JSON: it begins with ${JSON.stringify(body.slice(0, SHOWN_LENGTH))}`;
    throw new CanaryFailure("assertion", text, { cause: error });
  }
}

/** The values at a JSONPath (RFC 9535), in its order. Raises CanaryFailure of class `canary` for a path that is none. */
export function jsonValues(value: unknown, path: string): unknown[] {
  try {
    return query(path, value as Parameters<typeof query>[1]).values();
  } catch (error) {
    throw new CanaryFailure("canary", `${path} is no JSONPath: ${messageOf(error)}`, { cause: error });
  }
}
