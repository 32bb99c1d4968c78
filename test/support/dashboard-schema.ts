import * as z from "zod";

// The body of a dashboard as AWS documents it, as far as Belfry uses it; strict.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/);
const statistic = z.string().regex(/^(SampleCount|Average|Sum|Minimum|Maximum|p\d{1,2}(\.\d+)?)$/);
const period = z.int().refine((seconds) => [1, 5, 10, 20, 30].includes(seconds) || seconds % 60 === 0);

const lineOptions = z.strictObject({
  label: z.string().optional(),
  stat: statistic.optional(),
  accountId: z
    .string()
    .regex(/^\d{12}$/)
    .optional(),
});
const expression = z.strictObject({
  id: z.string().regex(/^[a-z][a-zA-Z0-9_]*$/),
  expression: z.string().min(1).max(2048),
  label: z.string().optional(),
});
/** Namespace, name, then names and values of dimensions in turn, then options. */
const metricLine = z.array(z.unknown()).refine((line) => {
  if (line.length === 1) return expression.safeParse(line[0]).success;
  const last = line.at(-1);
  const texts = typeof last === "string" ? line : line.slice(0, -1);
  return (
    texts.length >= 2 &&
    texts.length % 2 === 0 &&
    texts.every((text) => typeof text === "string" && text !== "") &&
    (typeof last === "string" || lineOptions.safeParse(last).success)
  );
});

const place = {
  x: z.int().min(0).max(23),
  y: z.int().min(0),
  width: z.int().min(1).max(24),
  height: z.int().min(1).max(1000),
};

const metric = z.strictObject({
  type: z.literal("metric"),
  ...place,
  properties: z.strictObject({
    title: z.string().min(1),
    region,
    view: z.enum(["timeSeries", "singleValue", "bar"]),
    stacked: z.boolean(),
    stat: statistic,
    period,
    metrics: z.array(metricLine).min(1).max(500),
    yAxis: z
      .strictObject({
        left: z.strictObject({ min: z.number(), label: z.string().optional(), showUnits: z.boolean().optional() }),
      })
      .optional(),
  }),
});

const alarm = z.strictObject({
  type: z.literal("alarm"),
  ...place,
  properties: z.strictObject({
    title: z.string().min(1),
    alarms: z.array(z.string().min(1)).min(1).max(100),
    sortBy: z.enum(["default", "stateUpdatedTimestamp", "timestamp"]),
  }),
});

const log = z.strictObject({
  type: z.literal("log"),
  ...place,
  properties: z.strictObject({
    title: z.string().min(1),
    region,
    view: z.enum(["table", "timeSeries", "bar", "pie"]),
    query: z
      .string()
      .regex(/^SOURCE '[^']+'( \| SOURCE '[^']+')* \| \w/)
      .max(10_000),
  }),
});

const text = z.strictObject({
  type: z.literal("text"),
  ...place,
  properties: z.strictObject({ markdown: z.string().min(1) }),
});

const variable = z.strictObject({
  type: z.enum(["property", "pattern"]),
  property: z.string(),
  inputType: z.enum(["input", "radio", "select"]),
  id: z.string().min(1).max(32),
  label: z.string(),
  visible: z.boolean(),
  defaultValue: z.string().optional(),
  search: z.string().optional(),
  populateFrom: z.string().optional(),
});

/** The structure of a dashboard's body; the grid is another matter. */
export const Dashboard = z.strictObject({
  start: z.string().regex(/^-P(T\d+[HM]|\d+[DWM])$/),
  periodOverride: z.enum(["auto", "inherit"]),
  variables: z.array(variable).max(25).optional(),
  widgets: z.array(z.discriminatedUnion("type", [metric, alarm, log, text])).max(500),
});

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Pairs of widgets that share a cell of the grid, and widgets that reach beyond its 24 columns. */
export function gridProblems(widgets: readonly Placed[]): string[] {
  const taken = new Map<string, number>();
  return widgets.flatMap(({ x, y, width, height }, i) => {
    const problems = x + width > 24 ? [`widget ${i} reaches column ${x + width}`] : [];
    for (let column = x; column < x + width; column++) {
      for (let row = y; row < y + height; row++) {
        const other = taken.get(`${column},${row}`);
        if (other !== undefined) problems.push(`widgets ${other} and ${i} overlap at ${column},${row}`);
        taken.set(`${column},${row}`, i);
      }
    }
    return problems;
  });
}
