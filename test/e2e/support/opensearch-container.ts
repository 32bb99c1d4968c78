import { spawnSync } from "node:child_process";
import { freePort, untilHealthy } from "./opensearch-health.ts";
import type { OpenSearchOffer, OpenSearchServer } from "./opensearch-offer.ts";

const IMAGE = "opensearchproject/opensearch:3.8.0";

/** OpenSearch's own image, when a Docker engine answers and has the image or can get it. */
export function dockerOpenSearch(): OpenSearchOffer | undefined {
  if (!docker("info").ok) return undefined;
  if (!docker("image", "inspect", IMAGE).ok && !docker("pull", "--quiet", IMAGE).ok) return undefined;
  return { origin: `Docker, ${IMAGE}`, isOurs: true, start: startContainer };
}

async function startContainer(): Promise<OpenSearchServer> {
  // Chosen here, because the engine would choose another at each start.
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const settings = ["discovery.type=single-node", "DISABLE_SECURITY_PLUGIN=true", "OPENSEARCH_JAVA_OPTS=-Xms1g -Xmx1g"];
  const environment = settings.flatMap((setting) => ["--env", setting]);
  const started = docker("run", "--detach", "--publish", `127.0.0.1:${port}:9200`, ...environment, IMAGE);
  if (!started.ok) throw new Error(`docker run ${IMAGE}: ${started.output}`);
  const id = started.output.trim();
  const failure = () =>
    docker("inspect", "--format", "{{.State.Running}}", id).output.trim() === "true"
      ? undefined
      : docker("logs", "--tail", "30", id).output;
  const server: OpenSearchServer = {
    url,
    kill: async () => expectOk(docker("kill", "--signal", "KILL", id)),
    restart: async () => {
      expectOk(docker("start", id));
      await untilHealthy(url, failure);
    },
    stop: async () => expectOk(docker("rm", "--force", "--volumes", id)),
  };
  await untilHealthy(url, failure).catch(async (error) => {
    await server.stop();
    throw error;
  });
  return server;
}

interface Answer {
  readonly ok: boolean;
  readonly output: string;
}

function docker(...args: string[]): Answer {
  const { status, stdout, stderr } = spawnSync("docker", args, { encoding: "utf8" });
  return { ok: status === 0, output: status === 0 ? stdout : `${stdout}\n${stderr}` };
}

function expectOk({ ok, output }: Answer): void {
  if (!ok) throw new Error(`docker: ${output}`);
}
