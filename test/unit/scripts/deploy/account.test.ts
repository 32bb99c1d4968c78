import { describe, expect, it } from "vitest";
import { checkAccount } from "../../../../scripts/deploy/account.ts";

const REGION = "eu-west-1";
const identity = { account: "111122223333", arn: "arn:aws:iam::111122223333:user/jane" };

describe("the account of a deployment", () => {
  it("is whose credentials there are", async () => {
    const asked: string[] = [];
    const identify = async (region: string) => {
      asked.push(region);
      return identity;
    };
    expect(await checkAccount({ account: undefined, region: REGION }, identify)).toEqual(identity);
    expect(await checkAccount({ account: identity.account, region: REGION }, identify)).toEqual(identity);
    expect(asked).toEqual([REGION, REGION]);
  });

  it("is not another one than the configuration names", async () => {
    const refused = checkAccount({ account: "999988887777", region: REGION }, async () => identity);
    await expect(refused).rejects.toThrow(
      "nothing was done: deploy.account is 999988887777, the credentials are of 111122223333",
    );
  });

  it("must be known: without credentials the message says how to sign in", async () => {
    const refused = checkAccount({ account: undefined, region: REGION }, async () => {
      throw new Error("could not load credentials");
    });
    await expect(refused).rejects.toThrow(
      /^nothing was done: .*could not load credentials.*aws sso login, AWS_PROFILE/,
    );
  });
});
