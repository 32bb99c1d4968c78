import { type FieldsPattern, readFieldsPattern } from "./filter-fields.ts";
import { isSelector, readJsonPattern } from "./filter-json.ts";
import { FilterReader } from "./filter-reader.ts";
import { readTermsPattern } from "./filter-terms.ts";
import { checkRegexCount } from "./filter-value.ts";

/** Longest filter pattern. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html */
const MAX_LENGTH = 1024;

const METRIC_NUMBER = /^[+-]?\d+(?:\.\d+)?$/;

/** A compiled CloudWatch Logs filter pattern. */
export interface FilterPattern {
  /** How the pattern reads a message: as text, as a JSON object, or as fields between spaces. */
  readonly kind: "terms" | "json" | "fields";
  matches(message: string): boolean;
  /** Whether a metric filter may take its value so: a number, `$.latency` of a JSON pattern, `$bytes` of a pattern that names a field `bytes`. */
  yields(metricValue: string): boolean;
}

/** Compiles a filter pattern of CloudWatch Logs; the empty one matches everything. Raises BAD_PATTERN with the reason and the column. */
export function compileFilterPattern(pattern: string): FilterPattern {
  const reader = new FilterReader(pattern);
  if (pattern.length > MAX_LENGTH) reader.refuse(`${pattern.length} characters, but ${MAX_LENGTH} is the most`);
  reader.skipSpace();
  const first = pattern[reader.at];
  if (first === "{") {
    checkRegexCount(reader);
    const matches = readJsonPattern(reader);
    return { kind: "json", matches, yields: (value) => METRIC_NUMBER.test(value) || isSelector(value) };
  }
  if (first === "[") {
    checkRegexCount(reader);
    return ofFields(readFieldsPattern(reader));
  }
  return { kind: "terms", matches: readTermsPattern(reader), yields: (value) => METRIC_NUMBER.test(value) };
}

function ofFields({ names, matches }: FieldsPattern): FilterPattern {
  return {
    kind: "fields",
    matches,
    yields: (value) => METRIC_NUMBER.test(value) || (value.startsWith("$") && names.includes(value.slice(1))),
  };
}
