import type { Stack } from "aws-cdk-lib";
import type { StackContext } from "./stack-context.ts";

/** Other accounts that may send logs, events and metrics, as a resource policy names them. */
export interface Senders {
  readonly principal: unknown;
  readonly conditions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The organization's accounts, and those that are trusted one by one; nobody when the configuration names none. */
export function sendersOf(stack: Stack, { deployment }: Pick<StackContext, "deployment">): Senders[] {
  const { organization, trustedAccounts } = deployment;
  const roots = trustedAccounts.map((account) => `arn:${stack.partition}:iam::${account}:root`);
  return [
    ...(organization === undefined
      ? []
      : [{ principal: "*", conditions: { StringEquals: { "aws:PrincipalOrgID": organization.id } } }]),
    ...(roots.length === 0 ? [] : [{ principal: { AWS: roots }, conditions: {} }]),
  ];
}
