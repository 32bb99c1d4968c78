/** A resource's properties as they stand in the template. */
export type Properties = Readonly<Record<string, unknown>>;

/** Where a resource writes its own log: a log group, or another thing that takes logs, as the template refers to it; undefined when AWS would choose a group. */
export type LogReference = unknown;

/** By resource type: where a resource of it writes its own log; nothing when it writes none. */
export const LOG_WRITERS: Readonly<Record<string, (properties: Properties) => readonly LogReference[]>> = {
  "AWS::Lambda::Function": (properties) => [at(properties, "LoggingConfig", "LogGroup")],
  "AWS::KinesisFirehose::DeliveryStream": firehoseLogs,
  "AWS::StepFunctions::StateMachine": (properties) => {
    const logging = at(properties, "LoggingConfiguration");
    if (isOff(at(logging, "Level"))) return [];
    return listOf(at(logging, "Destinations")).map((each) => at(each, "CloudWatchLogsLogGroup", "LogGroupArn"));
  },
  "AWS::Pipes::Pipe": (properties) => {
    const logging = at(properties, "LogConfiguration");
    const group = at(logging, "CloudwatchLogsLogDestination", "LogGroupArn");
    return isOff(at(logging, "Level")) || group === undefined ? [] : [group];
  },
  // Event buses and other services with vended logs write through one of these. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
  "AWS::Logs::DeliveryDestination": (properties) => given(at(properties, "DestinationResourceArn")),
  "AWS::OpenSearchService::Domain": (properties) =>
    Object.values(objectOf(at(properties, "LogPublishingOptions")))
      .filter((option) => at(option, "Enabled") !== false)
      .map((option) => at(option, "CloudWatchLogsLogGroupArn")),
  "AWS::OSIS::Pipeline": (properties) => {
    const logging = at(properties, "LogPublishingOptions");
    return at(logging, "IsLoggingEnabled") === true ? [at(logging, "CloudWatchLogDestination", "LogGroup")] : [];
  },
  "AWS::ApiGateway::Stage": (properties) => [
    ...given(at(properties, "AccessLogSetting", "DestinationArn")),
    // Execution logs go to a group that API Gateway names by the API's id. https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    ...listOf(at(properties, "MethodSettings"))
      .filter((setting) => !isOff(at(setting, "LoggingLevel")))
      .map(() => undefined),
  ],
  "AWS::ApiGatewayV2::Stage": (properties) => given(at(properties, "AccessLogSettings", "DestinationArn")),
};

/** Every destination of a delivery stream, and each one's backup, has logging options of its own. */
function firehoseLogs(value: unknown): LogReference[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key !== "CloudWatchLoggingOptions") return firehoseLogs(inner);
    return at(inner, "Enabled") === true ? [at(inner, "LogGroupName")] : [];
  });
}

function isOff(level: unknown): boolean {
  return level === undefined || level === "OFF";
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((inner, key) => objectOf(inner)[key], value);
}

function given(value: unknown): unknown[] {
  return value === undefined ? [] : [value];
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
