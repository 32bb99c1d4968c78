import { createHash } from "node:crypto";
import { awsCall } from "./aws-call.ts";
import { perRegion, settings } from "./clients.ts";

/** A request that is to be signed, with all its headers, `host` among them. */
export interface RequestToSign {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The service and region that it goes to, and the role that signs: the environment's own, unless given. */
export interface SigningIdentity {
  readonly service: string;
  readonly region: string;
  readonly roleArn?: string | undefined;
}

/** Gives all headers of the signed request. Raises AwsCallError where the role cannot be assumed. */
export type RequestSigner = (
  request: RequestToSign,
  identity: SigningIdentity,
  signal: AbortSignal,
) => Promise<Readonly<Record<string, string>>>;

const ASSUME_ATTEMPTS = 3;

const SESSION_NAME = "belfry-canary";

const stsClient = perRegion(async (region) => {
  const { STSClient } = await import("@aws-sdk/client-sts");
  return new STSClient({ ...(await settings(region)), maxAttempts: ASSUME_ATTEMPTS });
});

/** The real `RequestSigner`: Signature Version 4. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html */
export const signRequest: RequestSigner = async (
  { method, url, headers, body },
  { service, region, roleArn },
  signal,
) => {
  const [{ SignatureV4 }, { Sha256 }, { defaultProvider }] = await Promise.all([
    import("@smithy/signature-v4"),
    import("@aws-crypto/sha256-js"),
    import("@aws-sdk/credential-provider-node"),
  ]);
  const credentials = roleArn === undefined ? defaultProvider() : await assumed(roleArn, region, signal);
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const names = new Set(url.searchParams.keys());
  const query = Object.fromEntries([...names].map((name) => [name, url.searchParams.getAll(name)]));
  const hash = createHash("sha256").update(body).digest("hex");
  const signed = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query,
    headers: { ...headers, "x-amz-content-sha256": hash },
  });
  return signed.headers;
};

async function assumed(roleArn: string, region: string, abortSignal: AbortSignal) {
  const { AssumeRoleCommand } = await import("@aws-sdk/client-sts");
  const client = await stsClient(region);
  const command = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: SESSION_NAME });
  const { Credentials } = await awsCall("sts:AssumeRole", () => client.send(command, { abortSignal }));
  return {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    ...(Credentials?.SessionToken === undefined ? {} : { sessionToken: Credentials.SessionToken }),
  };
}
