// A strict reading of the embedded metric format, written from its specification and independent of the emitter.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
// Names, values and namespaces: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html,
// API_Dimension.html and API_PutMetricData.html beside it.

const UNITS = new Set(
  ["Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "Count/Second", "None"].concat(
    ["Bytes", "Bits"].flatMap((base) =>
      ["", "Kilo", "Mega", "Giga", "Tera"].flatMap((prefix) => {
        const unit = prefix === "" ? base : `${prefix}${base.toLowerCase()}`;
        return [unit, `${unit}/Second`];
      }),
    ),
  ),
);

const NAMESPACE = /^(?!:|AWS\/)[A-Za-z0-9.\-_/#: ]{1,255}$/;
const DIMENSION_NAME = /^(?!:)(?=.*[^ ])[\x20-\x7e]{1,250}$/;
const DIMENSION_VALUE = /^(?=.*[^ ])[\x20-\x7e]{1,1024}$/;

type Json = Record<string, unknown>;

/** Everything in a log line that CloudWatch would refuse or ignore as a metric, in words; nothing when it is all valid. */
export function emfProblems(line: string): string[] {
  if (/[\n\r]/.test(line)) return ["more than one line"];
  if (Buffer.byteLength(line) > 1_048_576) return ["longer than 1 MB"];
  const root: unknown = JSON.parse(line);
  if (!isObject(root)) return ["the root is not an object"];
  const metadata = root._aws;
  if (!isObject(metadata)) return ["_aws is not an object"];
  const problems: string[] = [];
  if (!Number.isInteger(metadata.Timestamp) || (metadata.Timestamp as number) < 0)
    problems.push("Timestamp is no integer");
  const unknown = Object.keys(metadata).filter((key) => key !== "Timestamp" && key !== "CloudWatchMetrics");
  problems.push(...unknown.map((key) => `unknown member _aws.${key}`));
  if (!Array.isArray(metadata.CloudWatchMetrics) || metadata.CloudWatchMetrics.length === 0) {
    return [...problems, "CloudWatchMetrics is not an array with something in it"];
  }
  return [...problems, ...metadata.CloudWatchMetrics.flatMap((directive) => directiveProblems(directive, root))];
}

function directiveProblems(directive: unknown, root: Json): string[] {
  if (!isObject(directive)) return ["a directive is not an object"];
  const { Namespace, Dimensions, Metrics, ...rest } = directive;
  const problems = Object.keys(rest).map((key) => `unknown member ${key} of a directive`);
  if (typeof Namespace !== "string" || !NAMESPACE.test(Namespace)) problems.push(`namespace ${Namespace}`);
  if (!Array.isArray(Dimensions) || Dimensions.length === 0) problems.push("Dimensions is not an array of sets");
  else problems.push(...Dimensions.flatMap((set) => dimensionProblems(set, root)));
  if (!Array.isArray(Metrics) || Metrics.length === 0) return [...problems, "no metrics"];
  if (Metrics.length > 100) problems.push(`${Metrics.length} metrics in a directive`);
  const names = Metrics.map((definition) => (isObject(definition) ? definition.Name : undefined));
  if (new Set(names).size !== names.length) problems.push("a metric is defined twice");
  const inDimensions = new Set(Array.isArray(Dimensions) ? Dimensions.flat() : []);
  problems.push(...names.filter((name) => inDimensions.has(name)).map((name) => `${name} is metric and dimension`));
  return [...problems, ...Metrics.flatMap((definition) => metricProblems(definition, root))];
}

function dimensionProblems(set: unknown, root: Json): string[] {
  if (!Array.isArray(set)) return ["a dimension set is not an array"];
  const problems: string[] = [];
  if (set.length > 30) problems.push(`${set.length} dimensions in a set`);
  if (new Set(set).size !== set.length) problems.push("a dimension is named twice");
  for (const name of set) {
    if (typeof name !== "string" || !DIMENSION_NAME.test(name)) problems.push(`dimension name ${JSON.stringify(name)}`);
    const value = Object.hasOwn(root, name) ? root[name] : undefined;
    if (typeof value !== "string" || !DIMENSION_VALUE.test(value)) {
      problems.push(`value ${JSON.stringify(value)} of dimension ${name}`);
    }
  }
  return problems;
}

function metricProblems(definition: unknown, root: Json): string[] {
  if (!isObject(definition)) return ["a metric is not an object"];
  const { Name, Unit = "None", StorageResolution = 60, ...rest } = definition;
  const problems = Object.keys(rest).map((key) => `unknown member ${key} of a metric`);
  if (typeof Name !== "string" || Name.trim() === "" || Name.length > 255) return [...problems, `metric name ${Name}`];
  if (!UNITS.has(Unit as string)) problems.push(`unit ${Unit}`);
  if (StorageResolution !== 1 && StorageResolution !== 60) problems.push(`storage resolution ${StorageResolution}`);
  const target = Object.hasOwn(root, Name) ? root[Name] : undefined;
  const values = Array.isArray(target) ? target : [target];
  if (values.length === 0 || values.length > 100) problems.push(`${values.length} values of ${Name}`);
  for (const value of values) {
    if (typeof value !== "number" || Math.abs(value) > 2 ** 360) problems.push(`value ${value} of ${Name}`);
  }
  return problems;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
