import type { ExtractorConfig } from "../../config/canaries/http-step.ts";
import type { RunContext } from "../context.ts";
import { CanaryFailure } from "../failure.ts";
import type { ProbeAnswer } from "../probe/http.ts";
import { headerOf } from "../probe/http-exchange.ts";
import { expression, textOf } from "./compare.ts";
import { jsonValues, parsedJson } from "./json-values.ts";
import type { Variables } from "./judge.ts";

/** Takes the values of variables out of an answer; secret ones are masked from then on. Raises CanaryFailure of class `assertion` for one that is not there. */
export async function extracted(
  extractors: readonly ExtractorConfig[],
  answer: ProbeAnswer,
  context: RunContext,
  variables: Variables,
): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const extractor of extractors) {
    const value = await valueFor(extractor, answer, (template) => context.fill(template, variables));
    if (extractor.secret) context.mask(value);
    values[extractor.name] = value;
  }
  return values;
}

async function valueFor(
  extractor: ExtractorConfig,
  answer: ProbeAnswer,
  fill: (template: string) => Promise<string>,
): Promise<string> {
  const { name, matches, group } = extractor;
  const whole = await sourceOf(extractor, answer, fill);
  if (matches === undefined) return whole;
  const found = expression(await fill(matches)).exec(whole)?.[group];
  if (found === undefined) throw new CanaryFailure("assertion", `there is no ${name}: nothing matches ${matches}`);
  return found;
}

async function sourceOf(
  { name, from, path, header }: ExtractorConfig,
  answer: ProbeAnswer,
  fill: (template: string) => Promise<string>,
): Promise<string> {
  if (from === "body") return answer.body.toString("utf8");
  if (from === "header") {
    const value = headerOf(answer.headers, header ?? name);
    if (value === undefined)
      throw new CanaryFailure("assertion", `there is no ${name}: the answer has no header ${header ?? name}`);
    return value;
  }
  const at = await fill(path ?? "$");
  const value = jsonValues(parsedJson(answer.body.toString("utf8")), at)[0];
  if (value === undefined) throw new CanaryFailure("assertion", `there is no ${name}: the answer has nothing at ${at}`);
  return textOf(value);
}
