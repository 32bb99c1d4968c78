import { BelfryError } from "../../platform/errors.ts";

/** The longest name with which every role's name stays within IAM's 64 characters. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const STAGE = /^[a-z][a-z0-9-]{0,15}$/;

/** Raises BAD_CONFIG for a stage that would make names of resources too long or invalid. */
export function checkStage(stage: string): void {
  if (STAGE.test(stage)) return;
  throw new BelfryError(
    "BAD_CONFIG",
    `a stage's name is a lower-case letter and up to 15 letters, digits and hyphens, got "${stage}"`,
  );
}
