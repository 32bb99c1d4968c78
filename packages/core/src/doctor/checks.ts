import type { Check } from "./check.ts";
import { checkHealthApi } from "./health.ts";
import { checkHealthOrganization, checkOrganization, checkStackSets } from "./organization.ts";
import { checkDeliveryStreams, checkKinesisLimits, checkLambdaConcurrency } from "./quotas.ts";
import { checkCdkBootstrap, checkSstBootstrap, checkStacks } from "./stacks.ts";
import {
  checkAccountPolicy,
  checkExportTask,
  checkLogGroupClass,
  checkResourcePolicies,
  checkSubscriptionFilters,
} from "./subscriptions.ts";

/** The checks that follow once the account and a region have answered, in the order in which they are shown. */
export const CHECKS: readonly Check[] = [
  checkCdkBootstrap,
  checkSstBootstrap,
  checkStacks,
  checkAccountPolicy,
  checkSubscriptionFilters,
  checkLogGroupClass,
  checkResourcePolicies,
  checkExportTask,
  checkLambdaConcurrency,
  checkKinesisLimits,
  checkDeliveryStreams,
  checkOrganization,
  checkStackSets,
  checkHealthApi,
  checkHealthOrganization,
];
