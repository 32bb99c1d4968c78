import type { SendHttp } from "../platform/http.ts";
import { call, expectOk, isMissingPlugin } from "./opensearch-call.ts";

/** A role of a cluster's own, and what it may do. https://docs.opensearch.org/latest/security/access-control/default-action-groups/ */
export interface ClusterRole {
  readonly name: string;
  readonly definition: object;
}

/** Puts documents into Belfry's indices, which are made by that. */
export const WRITER: ClusterRole = {
  name: "belfry-writer",
  definition: {
    description: "Belfry: puts documents into its indices",
    cluster_permissions: ["indices:data/write/bulk"],
    index_permissions: [
      {
        index_patterns: ["belfry-*"],
        allowed_actions: [
          "create_index",
          "indices:data/write/bulk*",
          "indices:data/write/index",
          "indices:admin/mapping/put",
        ],
      },
    ],
  },
};

/** Searches in Belfry's indices, also through Dashboards. */
export const READER: ClusterRole = {
  name: "belfry-reader",
  definition: {
    description: "Belfry: searches in its indices",
    cluster_permissions: ["cluster_composite_ops_ro"],
    index_permissions: [
      {
        index_patterns: ["belfry-*"],
        allowed_actions: ["read", "indices:admin/mappings/get", "indices:admin/resolve/index"],
      },
    ],
    tenant_permissions: [{ tenant_patterns: ["global_tenant"], allowed_actions: ["kibana_all_read"] }],
  },
};

/**
 * Gives a role of the cluster's own to IAM roles, to these and no others; false when the cluster has no fine-grained access control. Raises UNAVAILABLE for what the cluster refuses.
 * https://docs.opensearch.org/latest/security/api/role-mappings/
 */
export async function mapRoles(
  send: SendHttp,
  { name, definition }: ClusterRole,
  roleArns: readonly string[],
): Promise<boolean> {
  const role = `/_plugins/_security/api/roles/${name}`;
  const answer = await call(send, { method: "PUT", path: role }, definition);
  if (isMissingPlugin(answer)) return false;
  expectOk("PUT", role, answer);
  const mapping = `/_plugins/_security/api/rolesmapping/${name}`;
  expectOk("PUT", mapping, await call(send, { method: "PUT", path: mapping }, { backend_roles: roleArns }));
  return true;
}
