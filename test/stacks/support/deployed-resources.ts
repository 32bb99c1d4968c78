import type { Template } from "aws-cdk-lib/assertions";
import { resolveIn, type TemplateJson } from "../../../scripts/templates/resolve-template.ts";

export type Properties = Readonly<Record<string, unknown>>;

/** The account and the home region in which resources are imagined to be deployed. */
export const ACCOUNT = "111122223333";
export const HOME = "eu-west-1";
/** The customer's key there. */
export const KEY = `arn:aws:kms:${HOME}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

/** The properties of all resources of a type, as they are once deployed. */
export function ofType(template: Template, type: string, region = HOME): Properties[] {
  const json = template.toJSON() as TemplateJson;
  const resolve = resolveIn(json, { account: ACCOUNT, region, parameters: { "/belfry/test/key-arn": KEY } });
  return Object.values(json.Resources)
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => resolve(Properties) as Properties);
}
