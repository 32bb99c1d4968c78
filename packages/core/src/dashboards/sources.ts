import { alarmRows, type DashboardBody, dashboardBody } from "./body.ts";
import { type GraphLine, metricWidget, textWidget, type Widget } from "./widgets.ts";

/** Where logs come from. */
export interface LogSources {
  readonly stage: string;
  /** The home region first. */
  readonly regions: readonly string[];
  /** Whether metrics of other accounts can be read here, by cross-account observability. */
  readonly crossAccount: boolean;
  /** Names of other accounts by their ids. */
  readonly accounts: Readonly<Record<string, string>>;
  readonly alarmArns: readonly string[];
}

const THIRD = { width: 8, height: 6 };

/** More accounts than this are unreadable as lines; the largest are then taken by a query. */
const MAX_ACCOUNT_LINES = 30;

/** How much each region and account writes to CloudWatch Logs, and what of it was forwarded. */
export function sourcesDashboard(sources: LogSources): DashboardBody {
  return dashboardBody([
    ...alarmRows("Alarms", sources.alarmArns),
    ...sources.regions.flatMap((region) => [
      [textWidget({ width: 24, height: 1 }, `## ${region}`)],
      [byAccount(sources, region), byLogGroup(region), failures(region)],
    ]),
  ]);
}

function byAccount({ crossAccount, accounts }: LogSources, region: string): Widget {
  const ids = Object.keys(accounts);
  const total = { namespace: "AWS/Logs", name: "IncomingBytes", dimensions: {} };
  const lines: GraphLine[] =
    crossAccount && (ids.length === 0 || ids.length > MAX_ACCOUNT_LINES)
      ? [
          {
            expression:
              'SELECT SUM(IncomingBytes) FROM SCHEMA("AWS/Logs", LogGroupName) GROUP BY AWS.AccountId ORDER BY SUM() DESC LIMIT 25',
          },
        ]
      : [
          { ...total, label: "this account" },
          ...(crossAccount ? ids.map((id) => ({ ...total, accountId: id, label: accounts[id] })) : []),
        ];
  return metricWidget(THIRD, {
    title: "Into CloudWatch Logs, by account",
    region,
    unit: "bytes",
    stacked: true,
    lines,
  });
}

function byLogGroup(region: string): Widget {
  return metricWidget(THIRD, {
    title: "Largest log groups",
    region,
    unit: "bytes",
    lines: [
      {
        expression:
          'SELECT SUM(IncomingBytes) FROM SCHEMA("AWS/Logs", LogGroupName) GROUP BY LogGroupName ORDER BY SUM() DESC LIMIT 10',
      },
    ],
  });
}

function failures(region: string): Widget {
  const of = (metric: string): GraphLine => ({
    expression: `SELECT SUM(${metric}) FROM "AWS/Logs" GROUP BY FilterName ORDER BY SUM() DESC LIMIT 10`,
  });
  return metricWidget(THIRD, {
    title: "Subscriptions that failed or were throttled",
    region,
    unit: "events",
    lines: [of("DeliveryErrors"), of("DeliveryThrottling")],
  });
}
