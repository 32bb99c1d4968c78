import { Stack } from "aws-cdk-lib";
import { AttributeType, BillingMode, Table, TableEncryption } from "aws-cdk-lib/aws-dynamodb";
import type { Construct } from "constructs";
import type { StackContext } from "../stack-context.ts";
import { dataKey } from "./data-key.ts";
import { removalPolicy } from "./removal-policy.ts";

/** A table by `pk` and `sk` whose items end at `expires`, epoch seconds; it can be restored to any second of the last 35 days. `what` is its name without application and stage. */
export function stateTable(scope: Construct, id: string, context: StackContext, what: string): Table {
  const key = dataKey(Stack.of(scope), context);
  return new Table(scope, id, {
    tableName: context.names.of(what),
    partitionKey: { name: "pk", type: AttributeType.STRING },
    sortKey: { name: "sk", type: AttributeType.STRING },
    timeToLiveAttribute: "expires",
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    ...(key === undefined ? {} : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: key }),
    removalPolicy: removalPolicy(context),
  });
}
