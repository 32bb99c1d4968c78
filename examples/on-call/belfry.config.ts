// On call: alarms and AWS Health to Slack, what is critical to PagerDuty too, and to whoever is on call. Who that is when stands in on-call.yaml.
//
//   npx belfry config check examples/on-call/belfry.config.ts
//   npx belfry simulate test/fixtures/events/cloudwatch/*.json --config examples/on-call/belfry.config.ts
import { defineConfig } from "@belfry/core/config/schema";

export default defineConfig({
  channels: {
    // On a laptop the secrets are environment variables; for a deployment give the ARN of a secret, or an SSM parameter such as "/belfry/prod/slack".
    slack: {
      type: "slack",
      token: "env:SLACK_TOKEN",
      signingSecret: "env:SLACK_SIGNING_SECRET",
      channel: "C024BE91L",
      fallback: "mail",
    },
    pager: { type: "pagerduty", routingKey: "env:PAGERDUTY_KEY", fallback: "slack" },
    mail: { type: "email", from: "belfry@example.com", to: ["operations@example.com"] },
    "sms-ada": { type: "sns", topicArn: "arn:aws:sns:eu-central-1:111122223333:sms-ada" },
    "sms-bob": { type: "sns", topicArn: "arn:aws:sns:eu-central-1:111122223333:sms-bob" },
  },

  oncall: {
    include: ["on-call.yaml"],
    route: {
      receiver: "team",
      groupBy: ["account", "region", "service"],
      routes: [
        { matchers: ['severity="critical"'], receiver: "pager", groupWait: "10s", continue: true },
        // Issues of AWS itself, for the services that matter here.
        { pattern: { source: ["aws.health"], detail: { service: ["EC2", "RDS", "LAMBDA"] } }, receiver: "team" },
        { matchers: ['tag_env=~"dev|test"'], receiver: "team", activeTimeIntervals: ["working-hours"] },
      ],
    },
    receivers: {
      team: { channels: ["slack", "inbox"] },
      pager: { channels: ["pager"], escalation: "standard" },
    },
  },
});
