import { Duration, Size } from "aws-cdk-lib";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Function as CdkFunction, LoggingFormat, Runtime, Tracing } from "aws-cdk-lib/aws-lambda";
import type { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { StackContext } from "../stack-context.ts";
import { ownLogGroup } from "./own-log-group.ts";

export interface LambdaFunctionProps {
  /** Its bundle's name in `dist/`, and what it is called: `ingest-kinesis`. */
  readonly name: string;
  readonly description: string;
  readonly memoryMiB: number;
  readonly timeoutSeconds: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** All that it may do, besides writing its log and its trace. */
  readonly statements?: readonly PolicyStatement[];
  readonly reservedConcurrency?: number;
  /** For programs that there are for one processor alone; arm64, which costs less, unless given. */
  readonly architecture?: Architecture;
  /** Of /tmp; 512 MiB, which cost nothing, unless given. */
  readonly temporaryMiB?: number;
}

/**
 * A Lambda function as all of Belfry's are: Node.js 24, on arm64 unless told otherwise, a fixed name, a log group of its own, traced by X-Ray, and a role with one inline policy that
 * nothing adds to behind its back.
 */
export class LambdaFunction extends Construct {
  readonly function: CdkFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, context: StackContext, props: LambdaFunctionProps) {
    super(scope, id);
    const { names, region } = context;
    this.logGroup = ownLogGroup(this, "Logs", context, props.name);
    this.role = new Role(this, "Role", {
      roleName: names.role(props.name, region),
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
      inlinePolicies: {
        function: new PolicyDocument({ statements: [...this.ownStatements(), ...(props.statements ?? [])] }),
      },
    });
    this.function = new CdkFunction(this, "Function", {
      functionName: names.of(props.name),
      description: props.description,
      code: context.code(props.name),
      handler: "index.handler",
      runtime: Runtime.NODEJS_24_X,
      architecture: props.architecture ?? Architecture.ARM_64,
      memorySize: props.memoryMiB,
      timeout: Duration.seconds(props.timeoutSeconds),
      tracing: Tracing.ACTIVE,
      loggingFormat: LoggingFormat.JSON,
      logGroup: this.logGroup,
      role: this.role.withoutPolicyUpdates(),
      environment: {
        NODE_OPTIONS: "--enable-source-maps",
        BELFRY_METRIC_NAMESPACE: context.config.metrics.namespace,
        ...props.environment,
      },
      ...(props.temporaryMiB === undefined ? {} : { ephemeralStorageSize: Size.mebibytes(props.temporaryMiB) }),
      ...(props.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: props.reservedConcurrency }),
    });
  }

  // The ARN of a log group ends with `:*`, its streams; X-Ray's actions know no resources. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
  private ownStatements(): PolicyStatement[] {
    return [
      new PolicyStatement({
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: [this.logGroup.logGroupArn],
      }),
      new PolicyStatement({ actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], resources: ["*"] }),
    ];
  }
}
