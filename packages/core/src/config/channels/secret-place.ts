/** Where a secret is kept, as `parseSecretReference` reads it from a configuration. */
export type SecretPlace =
  | { readonly kind: "secrets-manager"; readonly arn: string; readonly region: string; readonly jsonKey?: string }
  | { readonly kind: "parameter"; readonly name: string; readonly region?: string }
  | { readonly kind: "environment"; readonly variable: string };

// A key of a JSON secret follows the ARN, as Amazon ECS writes it. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
const SECRET =
  /^(?<arn>arn:aws[a-z-]*:secretsmanager:(?<region>[a-z0-9-]+):\d{12}:secret:[\w/+=.@-]+)(?::(?<jsonKey>[^:]+))?$/;
const PARAMETER_ARN = /^arn:aws[a-z-]*:ssm:(?<region>[a-z0-9-]+):\d{12}:parameter\/[\w./-]+$/;
const PARAMETER_NAME = /^\/[\w./-]+$/;
const VARIABLE = /^env:(?<variable>[A-Za-z_]\w*)$/;

/**
 * Reads a reference: a secret's ARN with or without a key of its JSON, a parameter's ARN or name with its slash, or `env:NAME` on a laptop. Undefined for anything else, so that
 * a secret written in place of its reference is refused.
 */
export function parseSecretReference(reference: string): SecretPlace | undefined {
  const secret = SECRET.exec(reference)?.groups;
  if (secret !== undefined) {
    const { arn = "", region = "", jsonKey } = secret;
    return { kind: "secrets-manager", arn, region, ...(jsonKey === undefined ? {} : { jsonKey }) };
  }
  const region = PARAMETER_ARN.exec(reference)?.groups?.region;
  if (region !== undefined) return { kind: "parameter", name: reference, region };
  if (PARAMETER_NAME.test(reference)) return { kind: "parameter", name: reference };
  const variable = VARIABLE.exec(reference)?.groups?.variable;
  return variable === undefined ? undefined : { kind: "environment", variable };
}
