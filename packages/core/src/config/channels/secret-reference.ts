import * as z from "zod";
import { parseSecretReference } from "./secret-place.ts";

/** A secret by where it is kept. A value that is none of the known forms is not repeated in the message: it may be the secret. */
export const SecretReference = z
  .string()
  .refine(
    (text) => parseSecretReference(text) !== undefined,
    "not the secret itself: expected the ARN of a secret (with :key for one of its JSON), an SSM parameter's ARN or /name, or env:NAME",
  )
  .describe("where the secret is kept: ARN of a Secrets Manager secret, SSM parameter, or env:NAME");
