import { spawnSync } from "node:child_process";
import { freePort, untilHealthy } from "./opensearch-health.ts";
import type { OpenSearchOffer, OpenSearchServer } from "./opensearch-offer.ts";

const IMAGE = "opensearchproject/opensearch:3.8.0";

// https://docs.opensearch.org/latest/install-and-configure/install-opensearch/docker/
const SETTINGS = [
  "discovery.type=single-node",
  "DISABLE_INSTALL_DEMO_CONFIG=true",
  "DISABLE_SECURITY_PLUGIN=true",
  "OPENSEARCH_JAVA_OPTS=-Xms1g -Xmx1g",
];

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
  const name = `belfry-e2e-${port}`;
  const environment = SETTINGS.flatMap((setting) => ["--env", setting]);
  const place = ["--name", name, "--publish", `127.0.0.1:${port}:9200`];
  // What a run leaves behind when it ends early, too.
  process.once("exit", () => docker("rm", "--force", "--volumes", name));
  expectOk(docker("run", "--detach", ...place, ...environment, IMAGE));
  const failure = () =>
    docker("inspect", "--format", "{{.State.Running}}", name).output.trim() === "true"
      ? undefined
      : docker("logs", "--tail", "30", name).output;
  const server: OpenSearchServer = {
    url,
    kill: async () => expectOk(docker("kill", "--signal", "KILL", name)),
    restart: async () => {
      expectOk(docker("start", name));
      await untilHealthy(url, failure);
    },
    stop: async () => expectOk(docker("rm", "--force", "--volumes", name)),
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
