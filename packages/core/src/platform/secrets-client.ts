import { parseSecretReference, type SecretPlace } from "../config/channels/secret-place.ts";
import { awsCall } from "./aws-call.ts";
import { perRegion, settings } from "./clients.ts";
import type { Clock } from "./clock.ts";
import { BelfryError } from "./errors.ts";

/**
 * Reads the value that a reference names, each time anew. Raises BAD_CONFIG for a reference or a secret that is not usable and AwsCallError for what AWS refuses;
 * no message holds a value.
 */
export type ReadSecret = (reference: string, signal: AbortSignal) => Promise<string>;

/** Values of secrets, kept for a while. */
export interface Secrets {
  /** The value, at most as old as is allowed. */
  read(reference: string, signal: AbortSignal): Promise<string>;
  /** The value as it is now: for when the one that was read has been refused, since it may have been rotated. */
  reread(reference: string, signal: AbortSignal): Promise<string>;
}

/** How old a value may be. A rotated secret is found sooner, when the old one is refused. */
const MAX_SECRET_AGE_MS = 5 * 60_000;

/** Keeps what `readSecret` gives for so long; a failure is not kept, and readers at the same time share one call. */
export function cachedSecrets(readSecret: ReadSecret, clock: Clock, maxAgeMs = MAX_SECRET_AGE_MS): Secrets {
  const kept = new Map<string, { readonly value: Promise<string>; readonly untilMs: number }>();
  const reread = (reference: string, signal: AbortSignal): Promise<string> => {
    const value = readSecret(reference, signal);
    const entry = { value, untilMs: clock.now() + maxAgeMs };
    kept.set(reference, entry);
    value.catch(() => {
      if (kept.get(reference) === entry) kept.delete(reference);
    });
    return value;
  };
  return {
    reread,
    read: (reference, signal) => {
      const known = kept.get(reference);
      return known !== undefined && clock.now() < known.untilMs ? known.value : reread(reference, signal);
    },
  };
}

const READ_ATTEMPTS = 3;

const secretsManagerClient = perRegion(async (region) => {
  const { SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
  return new SecretsManagerClient({ ...(await settings(region)), maxAttempts: READ_ATTEMPTS });
});

const ssmClient = perRegion(async (region) => {
  const { SSMClient } = await import("@aws-sdk/client-ssm");
  return new SSMClient({ ...(await settings(region)), maxAttempts: READ_ATTEMPTS });
});

/** The real `ReadSecret`; parameters are decrypted. */
export function secretReader(env: Readonly<Record<string, string | undefined>>): ReadSecret {
  return async (reference, signal) => {
    const place = parseSecretReference(reference);
    if (place === undefined) throw new BelfryError("BAD_CONFIG", "a reference of a secret is of no known form");
    const value = (await readPlace(place, env, signal))?.trim();
    if (value === undefined || value === "") {
      throw new BelfryError("BAD_CONFIG", `the secret ${reference} has no text: give it one`);
    }
    return value;
  };
}

async function readPlace(
  place: SecretPlace,
  env: Readonly<Record<string, string | undefined>>,
  abortSignal: AbortSignal,
): Promise<string | undefined> {
  if (place.kind === "environment") return env[place.variable];
  if (place.kind === "parameter") {
    const { GetParameterCommand } = await import("@aws-sdk/client-ssm");
    const client = await ssmClient(place.region);
    const command = new GetParameterCommand({ Name: place.name, WithDecryption: true });
    const { Parameter } = await awsCall("ssm:GetParameter", () => client.send(command, { abortSignal }));
    return Parameter?.Value;
  }
  const { GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
  const client = await secretsManagerClient(place.region);
  const command = new GetSecretValueCommand({ SecretId: place.arn });
  const { SecretString } = await awsCall("secretsmanager:GetSecretValue", () => client.send(command, { abortSignal }));
  return place.jsonKey === undefined ? SecretString : memberOf(SecretString ?? "", place.jsonKey, place.arn);
}

/** The value of a secret in Secrets Manager by its name, in the environment's region, and one member of its JSON where a key is given. Raises as `ReadSecret` does. */
export async function readNamedSecret(
  name: string,
  key: string | undefined,
  abortSignal: AbortSignal,
): Promise<string> {
  const { GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
  const client = await secretsManagerClient(undefined);
  const command = new GetSecretValueCommand({ SecretId: name });
  const { SecretString } = await awsCall("secretsmanager:GetSecretValue", () => client.send(command, { abortSignal }));
  const value = key === undefined ? SecretString : memberOf(SecretString ?? "", key, name);
  if (value === undefined || value === "")
    throw new BelfryError("BAD_CONFIG", `the secret ${name} has no text: give it one`);
  return value;
}

function memberOf(text: string, key: string, arn: string): string | undefined {
  let value: unknown;
  try {
    value = (JSON.parse(text) as Record<string, unknown> | null)?.[key];
  } catch {
    // The parser's own message would quote the secret.
    throw new BelfryError("BAD_CONFIG", `the secret ${arn} is not JSON, so it has no key ${key}`);
  }
  return typeof value === "string" ? value : undefined;
}
