/**
 * The order of the fields of VPC flow logs that Belfry switches on: AWS's own, to its fifth version, which is read without a parser's rule.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
 */
export const FLOW_LOG_FORMAT = formatOf(
  `version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status
  vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type sublocation-id
  pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path`,
);

/**
 * What to set as the format of an API's access log, of REST and HTTP APIs alike: one JSON object on one line.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 */
export const API_GATEWAY_FORMAT = JSON.stringify({
  requestId: "$context.requestId",
  requestTimeEpoch: "$context.requestTimeEpoch",
  apiId: "$context.apiId",
  stage: "$context.stage",
  domainName: "$context.domainName",
  sourceIp: "$context.identity.sourceIp",
  userAgent: "$context.identity.userAgent",
  method: "$context.httpMethod",
  path: "$context.path",
  protocol: "$context.protocol",
  status: "$context.status",
  responseLength: "$context.responseLength",
  responseLatencyMs: "$context.responseLatency",
  integrationLatencyMs: "$context.integrationLatency",
});

function formatOf(fields: string): string {
  return fields
    .split(/\s+/)
    .map((field) => `\${${field}}`)
    .join(" ");
}
