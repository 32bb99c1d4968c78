import { GLOBAL_REGION, type ShippedRule } from "./shipped-rule.ts";

/** Alarms, AWS Health, and what services say of themselves. */
export const SERVICE_RULES: readonly ShippedRule[] = [
  {
    name: "alarm-state-change",
    description: "A CloudWatch alarm, of a metric or composite, changes its state",
    pattern: { source: ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"] },
    isDefault: true,
    url: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html",
  },
  {
    name: "health-event",
    description: "AWS Health: issues, scheduled changes, notifications, abuse reports",
    pattern: { source: ["aws.health"], "detail-type": ["AWS Health Event", "AWS Health Abuse Event"] },
    isDefault: true,
    url: "https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html",
  },
  {
    name: "trusted-advisor-check",
    description: "A refreshed check of Trusted Advisor warns of a resource",
    pattern: {
      source: ["aws.trustedadvisor"],
      "detail-type": ["Trusted Advisor Check Item Refresh Notification"],
      detail: { status: ["WARN", "ERROR"] },
    },
    regions: [GLOBAL_REGION],
    needs: "a Business support plan or higher",
    isDefault: true,
    url: "https://docs.aws.amazon.com/awssupport/latest/user/cloudwatch-events-ta.html",
  },
  {
    name: "guardduty-finding",
    description: "GuardDuty finds a threat of medium severity or higher",
    pattern: {
      source: ["aws.guardduty"],
      "detail-type": ["GuardDuty Finding"],
      detail: { severity: [{ numeric: [">=", 4] }] },
    },
    needs: "GuardDuty",
    isDefault: true,
    url: "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html",
  },
  {
    name: "rds-failure",
    description: "A database fails, fails over, or runs out of storage",
    pattern: {
      source: ["aws.rds"],
      "detail-type": ["RDS DB Instance Event", "RDS DB Cluster Event"],
      detail: { EventCategories: ["failure", "failover", "low storage"] },
    },
    isDefault: true,
    url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-cloud-watch-events.html",
  },
  {
    name: "certificate-expiry",
    description: "A certificate of ACM expires soon, has expired, or needs somebody for its renewal",
    pattern: {
      source: ["aws.acm"],
      "detail-type": [
        "ACM Certificate Approaching Expiration",
        "ACM Certificate Expired",
        "ACM Certificate Renewal Action Required",
      ],
    },
    isDefault: true,
    url: "https://docs.aws.amazon.com/acm/latest/userguide/supported-events.html",
  },
  {
    name: "cost-anomaly",
    description: "Cost Anomaly Detection finds unusual spending",
    pattern: { source: ["aws.ce"], "detail-type": ["Anomaly Detected"] },
    regions: [GLOBAL_REGION],
    needs: "a monitor and a subscription with immediate alerts; AWS Budgets puts no events on a bus",
    isDefault: true,
    url: "https://docs.aws.amazon.com/cost-management/latest/userguide/cad-eventbridge.html",
  },
  {
    name: "synthetics-canary-failure",
    description: "A run of a CloudWatch Synthetics canary fails",
    pattern: { source: ["aws.synthetics"], "detail-type": ["Synthetics Canary TestRun Failure"] },
    isDefault: true,
    url: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitoring-events-eventbridge.html",
  },
  {
    name: "s3-object-created",
    description: "An object is put into a bucket",
    pattern: { source: ["aws.s3"], "detail-type": ["Object Created"] },
    needs: "EventBridge notifications of the bucket",
    // Buckets that write much would send each object's event, so it is the user who says so.
    isDefault: false,
    url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html",
  },
];
