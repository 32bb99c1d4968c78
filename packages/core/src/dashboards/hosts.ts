import { alarmRows, type DashboardBody, dashboardBody } from "./body.ts";
import { metricWidget, type Widget } from "./widgets.ts";

/** Instances with the agent, and groups of them. */
export interface Hosts {
  readonly region: string;
  /** Queries of Metrics Insights over the agent's metrics, with their titles. */
  readonly queries: readonly { readonly title: string; readonly query: string }[];
  /** Auto Scaling groups by name. */
  readonly groups: readonly string[];
  readonly alarmArns: readonly string[];
}

const THIRD = { width: 8, height: 6 };

/** Stands for an instance until one is chosen above the dashboard. */
const ANY_INSTANCE = "i-00000000000000000";

/** EC2's own metric, which needs no agent. */
const PROCESSOR = {
  title: "Busiest processors",
  query:
    'SELECT MAX(CPUUtilization) FROM SCHEMA("AWS/EC2", InstanceId) GROUP BY InstanceId ORDER BY MAX() DESC LIMIT 20',
};

/** Memory, volumes and processors of all instances, and one in detail. */
export function hostsDashboard({ region, queries, groups, alarmArns }: Hosts): DashboardBody {
  const fleet = [...queries, PROCESSOR].map(({ title, query }) =>
    metricWidget(THIRD, { title, region, unit: "%", lines: [{ expression: query }] }),
  );
  const ec2 = (title: string, name: string, stat: string): Widget =>
    metricWidget(THIRD, {
      title,
      region,
      stat,
      lines: [{ namespace: "AWS/EC2", name, dimensions: { InstanceId: ANY_INSTANCE } }],
    });
  return dashboardBody(
    [
      ...alarmRows("Alarms", alarmArns),
      ...inThrees(fleet),
      ...(groups.length === 0 ? [] : [[groupGraph(region, groups)]]),
      [
        ec2("Chosen instance: processor", "CPUUtilization", "Average"),
        ec2("Chosen instance: failed status checks", "StatusCheckFailed", "Maximum"),
        ec2("Chosen instance: network in", "NetworkIn", "Sum"),
      ],
    ],
    {
      variables: [
        {
          type: "property",
          property: "InstanceId",
          inputType: "select",
          id: "instance",
          label: "Instance",
          visible: true,
          defaultValue: "__FIRST",
          search: '{AWS/EC2,InstanceId} MetricName="CPUUtilization"',
          populateFrom: "InstanceId",
        },
      ],
    },
  );
}

function groupGraph(region: string, groups: readonly string[]): Widget {
  return metricWidget(
    { width: 24, height: 6 },
    {
      title: "Processor by Auto Scaling group",
      region,
      unit: "%",
      stat: "Average",
      lines: groups.map((name) => ({
        namespace: "AWS/EC2",
        name: "CPUUtilization",
        dimensions: { AutoScalingGroupName: name },
        label: name,
      })),
    },
  );
}

function inThrees(widgets: readonly Widget[]): Widget[][] {
  return widgets.flatMap((_, i) => (i % 3 === 0 ? [widgets.slice(i, i + 3)] : []));
}
