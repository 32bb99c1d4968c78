import type { DeployConfig } from "../../packages/core/src/config/deploy/schema.ts";
import { accountReads, type CallerIdentity } from "../../packages/core/src/platform/account-client.ts";
import { messageOf } from "../../packages/core/src/platform/errors.ts";

// The chain of credentials asks the instance's metadata last, which answers late or never outside EC2.
const TIMEOUT_MS = 15_000;

/** Whose credentials the environment has. Raises an error when it has none, or when they are not of the account that the configuration names. */
export async function checkAccount(
  { account, region }: Pick<DeployConfig, "account" | "region">,
  identify = accountReads().callerIdentity,
): Promise<CallerIdentity> {
  const identity = await identify(region, AbortSignal.timeout(TIMEOUT_MS)).catch((cause: unknown) => {
    throw new Error(
      `nothing was done: AWS does not say who you are (${messageOf(cause)}). Sign in first, as for the AWS CLI: aws sso login, AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`,
      { cause },
    );
  });
  if (account !== undefined && identity.account !== account) {
    throw new Error(
      `nothing was done: deploy.account is ${account}, the credentials are of ${identity.account} (${identity.arn}): take others, or change the configuration`,
    );
  }
  return identity;
}
