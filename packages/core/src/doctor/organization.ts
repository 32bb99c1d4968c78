import { AwsCallError } from "../platform/aws-call.ts";
import { type Check, type CheckContext, listed, ok, problem, type Verdict, warning } from "./check.ts";

/** As which the services act in an organization. https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services_list.html */
const STACKSETS = "member.org.stacksets.cloudformation.amazonaws.com";
const HEALTH = "health.amazonaws.com";

const ROLE_ACTIONS = [
  "organizations:DescribeOrganization",
  "organizations:ListAWSServiceAccessForOrganization",
  "organizations:ListDelegatedAdministrators",
] as const;

/** Whether the account is in the organization that the configuration names. */
export const checkOrganization: Check = {
  id: "organization",
  scope: "account",
  actions: ["organizations:DescribeOrganization"],
  link: "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_org_details.html",
  async run({ settings, identity, region, ports, signal }) {
    const wanted = settings.deployment.organization?.id;
    const organization = await ports.organization(region, signal);
    if (organization === undefined) {
      if (wanted === undefined) return [ok("the account is in no organization, and none is configured")];
      return [problem("the account is in no organization", `take an account of ${wanted}, or trustedAccounts instead`)];
    }
    const { id, managementAccount } = organization;
    if (wanted !== undefined && wanted !== id) {
      const fix = `set deploy.organization.id to ${id}: with another, members are refused`;
      return [problem(`the account is in organization ${id}, deploy.organization.id is ${wanted}`, fix)];
    }
    const role = managementAccount === identity.account ? "the management account" : "a member";
    return [ok(`${role} of organization ${id}`)];
  },
};

/** Whether this account may deploy the collector to the organization's accounts. */
export const checkStackSets: Check = {
  id: "stacksets",
  scope: "account",
  actions: ROLE_ACTIONS,
  link: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-delegated-admin.html",
  async run(context) {
    const { organization } = context.settings.deployment;
    if (organization === undefined || organization.units.length === 0) return [];
    const role = await roleFor(STACKSETS, context);
    if (role === undefined) return [];
    const trust = "aws cloudformation activate-organizations-access, in the management account";
    if (role === "member") return [notDelegated(STACKSETS, context)];
    if (!role.isTrusted) return [problem("StackSets have no trusted access to the organization", trust)];
    if (role.is === "management") {
      if (organization.callAs === "SELF") return [ok("the management account deploys StackSets itself")];
      const fix = "set deploy.organization.callAs to SELF, or deploy from a delegated administrator";
      return [problem("this is the management account, deploy.organization.callAs is DELEGATED_ADMIN", fix)];
    }
    if (organization.callAs === "DELEGATED_ADMIN") return [ok("a delegated administrator for StackSets")];
    const fix = "set deploy.organization.callAs to DELEGATED_ADMIN";
    return [problem("this is a delegated administrator for StackSets, deploy.organization.callAs is SELF", fix)];
  },
};

/** Whether the health events of all accounts come to this one. */
export const checkHealthOrganization: Check = {
  id: "health-organization",
  scope: "account",
  actions: ROLE_ACTIONS,
  link: "https://docs.aws.amazon.com/health/latest/ug/delegated-administrator-organizational-view.html",
  async run(context) {
    if (context.settings.deployment.organization === undefined) return [];
    const role = await roleFor(HEALTH, context);
    if (role === undefined) return [];
    const enable = "aws health enable-health-service-access-for-organization, in the management account";
    if (role === "member") return [{ ...notDelegated(HEALTH, context), status: "warning" }];
    if (!role.isTrusted) {
      return [
        warning("AWS Health's organizational view is off: members' events come by the collector's rules", enable),
      ];
    }
    const who = role.is === "management" ? "the management account" : "a delegated administrator for AWS Health";
    return [ok(`${who}: the events of all accounts come to its bus`)];
  },
};

/** An account that administers a service: itself the management account, or delegated. */
interface Administrator {
  readonly is: "management" | "delegated";
  readonly isTrusted: boolean;
}

/** Undefined for an account in no organization, of which `organization` speaks. */
async function roleFor(service: string, context: CheckContext): Promise<Administrator | "member" | undefined> {
  const { identity, region, ports, signal } = context;
  const organization = await ports.organization(region, signal);
  if (organization === undefined) return undefined;
  const isManagement = organization.managementAccount === identity.account;
  try {
    const administrators = isManagement ? [] : await ports.delegatedAdministrators(service, region, signal);
    if (!isManagement && !administrators.includes(identity.account)) return "member";
    const trusted = await ports.trustedServices(region, signal);
    return { is: isManagement ? "management" : "delegated", isTrusted: trusted.includes(service) };
  } catch (thrown) {
    if (!isManagement && thrown instanceof AwsCallError && thrown.refusal === "denied") throw asMember(thrown);
    throw thrown;
  }
}

/** Organizations refuses plain members, whatever their policies allow: the two cannot be told apart. */
function asMember(denied: AwsCallError): Error {
  const text = `${denied.action} is refused: this account is no delegated administrator, or these credentials lack the permission`;
  return new Error(text, { cause: denied });
}

function notDelegated(service: string, { identity }: CheckContext): Verdict {
  const command = `aws organizations register-delegated-administrator --service-principal ${service} --account-id ${identity.account}`;
  return problem(
    `this account is no delegated administrator for ${listed([service])}`,
    `${command}, in the management account`,
  );
}
