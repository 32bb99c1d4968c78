import type { ConfigInput } from "../../../packages/core/src/config/schema.ts";
import { resolveIn, type TemplateJson } from "../../../scripts/templates/resolve-template.ts";
import { synthesize } from "./synth.ts";

/** Where stacks are imagined to be deployed. */
export const ACCOUNT = "111122223333";
export const HOME = "eu-west-1";
const KEY = `arn:aws:kms:${HOME}:${ACCOUNT}:key/1`;

type Properties = Record<string, unknown>;

/** Gives the properties of a stack's resources of a type, as they are once deployed. */
export function deployed(config: ConfigInput, name = "Canaries", region = HOME) {
  const json = synthesize(config).template(name).toJSON() as TemplateJson;
  const resolved = resolveIn(json, { account: ACCOUNT, region, parameters: { "/belfry/test/key-arn": KEY } })(
    json.Resources,
  ) as TemplateJson["Resources"];
  return (type: string) =>
    Object.values(resolved)
      .filter(({ Type }) => Type === type)
      .map(({ Properties: properties = {} }) => properties as Properties);
}

/** One canary, on a page, with what a test gives it. */
export function withCanary(canary: object, deploy: object = {}): ConfigInput {
  const shop = { kind: "heartbeat", urls: ["https://shop.example.com/"], ...canary };
  return { deploy: { region: HOME, ...deploy }, canaries: { shop } } as ConfigInput;
}
