import type { SendHttp } from "../platform/http.ts";
import { call, expectOk, isMissingPlugin } from "./opensearch-call.ts";

/** The role of a cluster's own under which Belfry writes. */
export const WRITER = "belfry-writer";

/** What a writer may do: put documents into Belfry's indices, which are made by that. https://docs.opensearch.org/latest/security/access-control/default-action-groups/ */
const WRITER_ROLE = {
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
};

/** Lets IAM roles write, by a role of the cluster's own; false when the cluster has no fine-grained access control. https://docs.opensearch.org/latest/security/api/role-mappings/ */
export async function mapWriters(send: SendHttp, roleArns: readonly string[]): Promise<boolean> {
  const role = `/_plugins/_security/api/roles/${WRITER}`;
  const answer = await call(send, { method: "PUT", path: role }, WRITER_ROLE);
  if (isMissingPlugin(answer)) return false;
  expectOk("PUT", role, answer);
  const mapping = `/_plugins/_security/api/rolesmapping/${WRITER}`;
  expectOk("PUT", mapping, await call(send, { method: "PUT", path: mapping }, { backend_roles: roleArns }));
  return true;
}
