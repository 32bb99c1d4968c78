/** An OpenSearch server that answers. */
export interface OpenSearchServer {
  readonly url: string;
  /** Ends the server at once, as a machine that loses its power does; what it had acknowledged is on its disk. */
  kill(): Promise<void>;
  /** Starts it anew over the same data and under the same URL, and waits until all its indices can be read. */
  restart(): Promise<void>;
  /** Ends what was started, and removes its data. */
  stop(): Promise<void>;
}

/** A way to have a server. */
export interface OpenSearchOffer {
  /** Where it comes from, for people. */
  readonly origin: string;
  /** False for the user's own, which is neither killed nor restarted. */
  readonly isOurs: boolean;
  start(): Promise<OpenSearchServer>;
}
