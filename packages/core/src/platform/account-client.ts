import { allPages, awsCall } from "./aws-call.ts";
import { perRegion, settings } from "./clients.ts";

/** Whose credentials these are. */
export interface CallerIdentity {
  readonly account: string;
  readonly arn: string;
}

/** The organization that an account is in. */
export interface OrganizationMembership {
  readonly id: string;
  readonly managementAccount: string;
}

/** What is read about an account as a whole. Each raises AwsCallError; lists are read to their end. */
export interface AccountReads {
  /** Also tells whether a region is enabled: where it is not, the credentials are refused. */
  callerIdentity(region: string, signal: AbortSignal): Promise<CallerIdentity>;
  /** Undefined for an account that is in no organization. */
  organization(region: string, signal: AbortSignal): Promise<OrganizationMembership | undefined>;
  /** Service principals that may act in the organization. Only for the management account and delegated administrators. */
  trustedServices(region: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Ids of the accounts that administer a service for the organization. Only for the same accounts. */
  delegatedAdministrators(service: string, region: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Whether the support plan includes the AWS Health API. */
  hasHealthApi(signal: AbortSignal): Promise<boolean>;
}

const READ_ATTEMPTS = 3;

// The API has one endpoint for the world. https://docs.aws.amazon.com/health/latest/ug/health-api.html#endpoints
const HEALTH_REGION = "us-east-1";

const stsClient = perRegion(async (region) => {
  const { STSClient } = await import("@aws-sdk/client-sts");
  return new STSClient({ ...(await settings(region)), maxAttempts: READ_ATTEMPTS });
});

const organizationsClient = perRegion(async (region) => {
  const { OrganizationsClient } = await import("@aws-sdk/client-organizations");
  return new OrganizationsClient({ ...(await settings(region)), maxAttempts: READ_ATTEMPTS });
});

const healthClient = perRegion(async (region) => {
  const { HealthClient } = await import("@aws-sdk/client-health");
  return new HealthClient({ ...(await settings(region)), maxAttempts: READ_ATTEMPTS });
});

/** Reads about the account of the environment's credentials. */
export function accountReads(): AccountReads {
  return { callerIdentity, organization, trustedServices, delegatedAdministrators, hasHealthApi };
}

async function callerIdentity(region: string, abortSignal: AbortSignal): Promise<CallerIdentity> {
  const { GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
  const client = await stsClient(region);
  const answer = await awsCall("sts:GetCallerIdentity", () =>
    client.send(new GetCallerIdentityCommand({}), { abortSignal }),
  );
  return { account: answer.Account ?? "", arn: answer.Arn ?? "" };
}

async function organization(region: string, abortSignal: AbortSignal): Promise<OrganizationMembership | undefined> {
  const { AWSOrganizationsNotInUseException, DescribeOrganizationCommand } = await import(
    "@aws-sdk/client-organizations"
  );
  const client = await organizationsClient(region);
  return awsCall("organizations:DescribeOrganization", async () => {
    try {
      const { Organization } = await client.send(new DescribeOrganizationCommand({}), { abortSignal });
      return { id: Organization?.Id ?? "", managementAccount: Organization?.MasterAccountId ?? "" };
    } catch (thrown) {
      if (thrown instanceof AWSOrganizationsNotInUseException) return undefined;
      throw thrown;
    }
  });
}

async function trustedServices(region: string, abortSignal: AbortSignal): Promise<readonly string[]> {
  const { ListAWSServiceAccessForOrganizationCommand } = await import("@aws-sdk/client-organizations");
  const client = await organizationsClient(region);
  return allPages("organizations:ListAWSServiceAccessForOrganization", async (NextToken) => {
    const answer = await client.send(new ListAWSServiceAccessForOrganizationCommand({ NextToken }), { abortSignal });
    const services = (answer.EnabledServicePrincipals ?? []).map(({ ServicePrincipal = "" }) => ServicePrincipal);
    return { items: services, next: answer.NextToken };
  });
}

async function delegatedAdministrators(
  service: string,
  region: string,
  abortSignal: AbortSignal,
): Promise<readonly string[]> {
  const { ListDelegatedAdministratorsCommand } = await import("@aws-sdk/client-organizations");
  const client = await organizationsClient(region);
  return allPages("organizations:ListDelegatedAdministrators", async (NextToken) => {
    const command = new ListDelegatedAdministratorsCommand({ ServicePrincipal: service, NextToken });
    const answer = await client.send(command, { abortSignal });
    return { items: (answer.DelegatedAdministrators ?? []).map(({ Id = "" }) => Id), next: answer.NextToken };
  });
}

async function hasHealthApi(abortSignal: AbortSignal): Promise<boolean> {
  const { DescribeEventsCommand } = await import("@aws-sdk/client-health");
  const client = await healthClient(HEALTH_REGION);
  return awsCall("health:DescribeEvents", async () => {
    try {
      await client.send(new DescribeEventsCommand({ maxResults: 10 }), { abortSignal });
      return true;
    } catch (thrown) {
      // https://docs.aws.amazon.com/health/latest/ug/health-api.html: without Business support or better every call is answered so.
      if (thrown instanceof Error && thrown.name === "SubscriptionRequiredException") return false;
      throw thrown;
    }
  });
}
