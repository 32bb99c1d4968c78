/** The data sets that parsers make, each the name of its parser; in the order in which the documentation lists them. */
export const DATASETS = ["aws.vpcflow", "aws.cloudtrail", "aws.lambda", "app.json", "app.text"] as const;
