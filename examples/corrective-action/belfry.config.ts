// Corrective actions: an instance whose hardware fails is restarted elsewhere, once somebody has approved; what AWS Health says of a slow drive starts a state machine of yours,
// for now in a dry run. docs/corrective-action.md goes through both.
//
//   npx belfry config check examples/corrective-action/belfry.config.ts
import { defineConfig } from "@belfry/core/config/schema";

export default defineConfig({
  oncall: {
    corrections: {
      "restart-instance": {
        matchers: ['source="aws.cloudwatch"', 'metric="StatusCheckFailed_System"', 'tag_env=~"dev|test"'],
        run: { type: "ec2-recover" },
        dryRun: false,
        // approval: false, once you trust it
      },
      "replace-host": {
        matchers: [
          'source="aws.health"',
          'event_type_code="AWS_EC2_INSTANCE_STORE_DRIVE_PERFORMANCE_DEGRADED"',
          'instance!=""',
        ],
        run: {
          type: "step-functions",
          stateMachineArn: "arn:aws:states:eu-central-1:111122223333:stateMachine:replace-host",
          input: { account: "{account}", region: "{region}", instance: "{instance}", event: "{event_arn}" },
        },
        resource: ["instance"],
        cooldown: "6h",
        maxPerHour: 2,
      },
    },
  },
});
