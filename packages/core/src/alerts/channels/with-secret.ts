import type { Delivery } from "../../event/notification.ts";
import { BelfryError } from "../../platform/errors.ts";
import type { Secrets } from "../../platform/secrets-client.ts";
import { noAnswer } from "./answer.ts";

/** What came of sending with a secret, and whether it was the secret that was refused. */
export interface SecretUse {
  readonly delivery: Delivery;
  readonly refused: boolean;
}

/**
 * Sends with a secret. Where the receiver refuses the secret, it is read anew, since it may have been rotated, and tried once more if it is another. A secret that cannot be read now is
 * a reason to try again, one that is not usable is a failure.
 */
export async function withSecret(
  secrets: Secrets,
  reference: string,
  signal: AbortSignal,
  use: (secret: string) => Promise<SecretUse>,
): Promise<Delivery> {
  const secret = await readOr(() => secrets.read(reference, signal));
  if (typeof secret !== "string") return secret;
  const { delivery, refused } = await use(secret);
  if (!refused) return delivery;
  const now = await readOr(() => secrets.reread(reference, signal));
  if (typeof now !== "string") return now;
  return now === secret ? delivery : (await use(now)).delivery;
}

async function readOr(read: () => Promise<string>): Promise<string | Delivery> {
  try {
    return await read();
  } catch (thrown) {
    if (thrown instanceof BelfryError && !thrown.retryable) return { outcome: "failed", reason: thrown.message };
    return noAnswer(thrown, false);
  }
}
