export type Action = "deploy" | "diff" | "remove";
export type Tool = "sst" | "cdk";

/** The program that does an action for all stacks of a stage, with the caller's further arguments at its end. The stage goes to the CDK's entry by the environment. */
export function toolCommand(
  tool: Tool,
  action: Action,
  stage: string,
  rest: readonly string[],
): { readonly command: string; readonly args: readonly string[] } {
  if (tool === "sst") return { command: "sst", args: [action, "--stage", stage, ...rest] };
  return { command: "cdk", args: [action === "remove" ? "destroy" : action, "--all", "--no-notices", ...rest] };
}
