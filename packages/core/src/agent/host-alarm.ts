/** An alarm on an instance or on all of them, as plain data; the stacks make a resource of it. */
export interface HostAlarm {
  /** Its name without application and stage. */
  readonly name: string;
  /** What is wrong, and what to do. */
  readonly description: string;
  /** One metric; or `query`, of CloudWatch Metrics Insights, with one series for each instance. */
  readonly metric?: HostMetric;
  readonly query?: string;
  readonly threshold: number;
  readonly comparison: "GreaterThanThreshold" | "GreaterThanOrEqualToThreshold" | "LessThanThreshold";
  readonly missing: "breaching" | "notBreaching" | "ignore" | "missing";
  readonly periodSeconds: number;
  readonly periods: number;
  readonly datapoints: number;
  /** ARNs that are told besides the alarms' topic. */
  readonly actions: readonly string[];
}

/** A metric with its dimensions and how it is summed up over a period. */
export interface HostMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: "Average" | "Maximum" | "Minimum";
}
