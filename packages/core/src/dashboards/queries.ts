/** A query of Logs Insights over the logs of Belfry's own functions. */
export interface SavedQuery {
  /** Its name within the folder of the stage; lower-case with hyphens. */
  readonly name: string;
  /** What it answers, as a widget's title. */
  readonly title: string;
  readonly query: string;
  readonly view: "table" | "timeSeries" | "bar";
}

/**
 * The queries that are saved and shown. They read the entries of Belfry's logger, its metrics in the embedded metric format, and the reports that Lambda writes
 * beside them: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
 */
export const SAVED_QUERIES: readonly SavedQuery[] = [
  {
    name: "errors",
    title: "The last errors of Belfry's functions",
    query:
      'filter level = "ERROR" | fields @timestamp, function, message, error.code, error.message, requestId, traceId | sort @timestamp desc | limit 50',
    view: "table",
  },
  {
    name: "errors-by-message",
    title: "Errors by function and message",
    query: 'filter level = "ERROR" | stats count(*) as entries by function, message | sort entries desc | limit 25',
    view: "table",
  },
  {
    name: "quarantined-by-reason",
    title: "Why records were quarantined",
    query:
      "filter ispresent(Reason) and EventsQuarantined > 0 | stats sum(EventsQuarantined) as records by Function, Reason | sort records desc | limit 25",
    view: "table",
  },
  {
    name: "sinks",
    title: "What became of records at the sinks",
    query:
      "filter ispresent(Sink) | stats sum(EventsDelivered) as delivered, sum(EventsRetried) as retried, sum(EventsQuarantined) as quarantined by Sink | sort Sink asc",
    view: "table",
  },
  {
    name: "retries",
    title: "Items that had to be brought again",
    query: 'filter message = "items to be retried" | stats sum(items) as retried by bin(5m)',
    view: "timeSeries",
  },
  {
    name: "broken-accounting",
    title: "Invocations whose accounting does not add up",
    query:
      "filter IdentityBroken > 0 | fields @timestamp, Function, properties.broken, EventsReceived, EventsRouted, EventsDropped, EventsQuarantined, EventsRetried | sort @timestamp desc | limit 50",
    view: "table",
  },
  {
    name: "slow-stages",
    title: "Time by stage, milliseconds",
    query:
      "filter ispresent(Stage) | stats avg(StageDuration) as average, pct(StageDuration, 99) as p99 by Function, Stage | sort p99 desc | limit 25",
    view: "table",
  },
  {
    name: "memory-and-cold-starts",
    title: "Memory, duration and cold starts, as Lambda reports them",
    query:
      'filter type = "platform.report" | stats max(record.metrics.maxMemoryUsedMB) as usedMB, max(record.metrics.memorySizeMB) as sizeMB, pct(record.metrics.durationMs, 99) as p99Ms, count(record.metrics.initDurationMs) as coldStarts by @log | sort usedMB desc',
    view: "table",
  },
];
