import { type Check, ok } from "./check.ts";

/** Whether past health events can be read, or only those that come by EventBridge. */
export const checkHealthApi: Check = {
  id: "health-api",
  scope: "account",
  actions: ["health:DescribeEvents"],
  link: "https://docs.aws.amazon.com/health/latest/ug/health-api.html",
  async run({ ports, signal }) {
    return (await ports.hasHealthApi(signal))
      ? [ok("the support plan includes the AWS Health API")]
      : [ok("the support plan has no AWS Health API: events come by EventBridge only, and nothing is back-filled")];
  },
};
