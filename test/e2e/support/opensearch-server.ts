import { OpenSearchClient } from "./opensearch-client.ts";
import { dockerOpenSearch } from "./opensearch-container.ts";
import type { OpenSearchOffer, OpenSearchServer } from "./opensearch-offer.ts";
import { mavenOpenSearch } from "./opensearch-process.ts";

/**
 * The first way that this machine has: the server of OPENSEARCH_URL, Docker, Maven Central with a Java. Fetches what that needs, once. Raises
 * MissingPart when there is none.
 */
export async function findOpenSearch(tests: string): Promise<OpenSearchOffer> {
  const given = process.env.OPENSEARCH_URL;
  if (given !== undefined && given !== "") return { origin: given, isOurs: false, start: () => useGiven(given) };
  return dockerOpenSearch() ?? mavenOpenSearch(tests);
}

/** Refuses a server that holds records already: the tests count what is in these indices, and delete them in the end. */
async function useGiven(url: string): Promise<OpenSearchServer> {
  const client = new OpenSearchClient(url);
  const indices = await client.indices();
  if (indices.length > 0) {
    throw new Error(`OPENSEARCH_URL must name a server without belfry-* indices, this one has ${indices.join(", ")}`);
  }
  const refuse = () => Promise.reject(new Error("the server of OPENSEARCH_URL is not ours to end"));
  // One by one, because clusters may refuse a wildcard here.
  const removeOurs = async () => {
    for (const index of await client.indices()) await client.call("DELETE", `/${index}`);
  };
  return { url, kill: refuse, restart: refuse, stop: removeOurs };
}
