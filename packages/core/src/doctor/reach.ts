import { AwsCallError } from "../platform/aws-call.ts";
import { type Check, ok, problem, warning } from "./check.ts";

/** Whether these are the credentials of the account that is meant. */
export const checkIdentity: Check = {
  id: "credentials",
  scope: "account",
  actions: ["sts:GetCallerIdentity"],
  link: "https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html",
  async run({ settings, identity }) {
    const { account, arn } = identity;
    const wanted = settings.deployment.account;
    if (wanted !== undefined && wanted !== account) {
      const fix = "take the credentials of that account (AWS_PROFILE), or change deploy.account";
      return [problem(`the credentials are of account ${account}, deploy.account is ${wanted}`, fix)];
    }
    if (arn.endsWith(":root")) {
      return [warning(`the credentials are of account ${account}'s root user`, "take a role with fewer rights")];
    }
    return [ok(`account ${account}, as ${arn}`)];
  },
};

/** Whether a region takes the credentials: regions that are off by default refuse them until they are enabled. */
export const checkRegion: Check = {
  id: "region",
  scope: "stack-region",
  actions: ["sts:GetCallerIdentity"],
  link: "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html",
  async run({ settings, region, ports, signal }) {
    // The home region has answered already.
    if (region === settings.homeRegion) return [ok("enabled")];
    try {
      await ports.callerIdentity(region, signal);
      return [ok("enabled")];
    } catch (thrown) {
      if (!(thrown instanceof AwsCallError)) throw thrown;
      if (thrown.refusal === "credentials") {
        const fix = "enable it under Account, AWS Regions, or take it out of deploy.regions";
        return [problem(`the region is not enabled in this account (${thrown.awsName})`, fix)];
      }
      if (thrown.awsName === "ENOTFOUND") {
        return [problem("there is no such region, or its name cannot be resolved", "correct deploy.regions")];
      }
      throw thrown;
    }
  },
};
