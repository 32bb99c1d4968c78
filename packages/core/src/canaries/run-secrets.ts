import { messageOf } from "../platform/errors.ts";
import type { ReadSecret } from "../platform/secrets-client.ts";
import { CanaryFailure } from "./failure.ts";
import type { Redaction } from "./redaction.ts";

/** Reads a secret of Secrets Manager by its name, and one member of its JSON where a key is given. */
export type ReadNamedSecret = (name: string, key: string | undefined, signal: AbortSignal) => Promise<string>;

/** How a run reads its secrets; each once. */
export interface RunSecrets {
  /** By the name in the canary's `secrets`, by a reference, or as AWS writes it: `AWS_SECRET:name:key`. Raises CanaryFailure of class `canary`. */
  read(nameOrReference: string, signal: AbortSignal): Promise<string>;
}

const AWS_SECRET = /^AWS_SECRET:(?<name>[^:]+)(?::(?<key>[^:]+))?$/;

/** Makes the reader of a run; what it reads is masked from then on. */
export function runSecrets(
  names: Readonly<Record<string, string>>,
  redaction: Redaction,
  ports: { readonly readSecret: ReadSecret; readonly readNamedSecret?: ReadNamedSecret | undefined },
): RunSecrets {
  const known = new Map<string, Promise<string>>();
  const read = async (wanted: string, signal: AbortSignal): Promise<string> => {
    const aws = AWS_SECRET.exec(wanted)?.groups;
    if (aws === undefined)
      return ports.readSecret(Object.hasOwn(names, wanted) ? (names[wanted] ?? "") : wanted, signal);
    if (ports.readNamedSecret === undefined) throw new Error("secrets are not read by their names here");
    return ports.readNamedSecret(aws.name ?? "", aws.key, signal);
  };
  return {
    read: (wanted, signal) => {
      const found = known.get(wanted);
      if (found !== undefined) return found;
      const value = read(wanted, signal).then(
        (text) => {
          redaction.add(text);
          return text;
        },
        (thrown) => {
          known.delete(wanted);
          throw new CanaryFailure("canary", `the secret ${wanted} cannot be read: ${messageOf(thrown)}`, {
            cause: thrown,
          });
        },
      );
      known.set(wanted, value);
      return value;
    },
  };
}

const TEMPLATE = /\$?\$\{([^${}]+)\}/g;

/**
 * Fills in `${secret:…}`, `${AWS_SECRET:name:key}` and `${variable}`; `$${` stands for `${`. What was filled in is not looked at again, so that an answer that holds `${secret:…}` gets none.
 * Raises CanaryFailure of class `canary` for a variable that there is not.
 */
export async function fillTemplate(
  template: string,
  variables: Readonly<Record<string, string>>,
  readSecret: (nameOrReference: string) => Promise<string>,
): Promise<string> {
  const values = new Map<string, string>();
  for (const [whole, name = ""] of template.matchAll(TEMPLATE)) {
    if (whole.startsWith("$$") || values.has(name)) continue;
    values.set(name, await valueNamed(name, variables, readSecret));
  }
  return template.replaceAll(TEMPLATE, (whole, name: string) =>
    whole.startsWith("$$") ? whole.slice(1) : (values.get(name) ?? ""),
  );
}

async function valueNamed(
  name: string,
  variables: Readonly<Record<string, string>>,
  readSecret: (nameOrReference: string) => Promise<string>,
): Promise<string> {
  if (name.startsWith("secret:")) return readSecret(name.slice("secret:".length));
  if (name.startsWith("AWS_SECRET:")) return readSecret(name);
  if (Object.hasOwn(variables, name)) return variables[name] ?? "";
  throw new CanaryFailure(
    "canary",
    `\${${name}} is no variable: there are ${Object.keys(variables).join(", ") || "none"}`,
  );
}
