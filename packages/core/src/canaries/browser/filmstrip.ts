import type { CDPSession, Page } from "playwright-core";

/** A picture of a page at a time. */
export interface FilmstripFrame {
  /** Since the filmstrip began. */
  readonly atMs: number;
  readonly jpeg: Uint8Array;
}

// Enough to see what happened: a page that animates would send 60 a second.
const MAX_FRAMES = 60;
const MIN_GAP_MS = 100;
const SETTINGS = { format: "jpeg", quality: 50, maxWidth: 640, maxHeight: 640 } as const;

/** Pictures of a page while it changes, in place of a video, which would need a program of its own. https://chromedevtools.github.io/devtools-protocol/tot/Page/#method-startScreencast */
export class Filmstrip {
  readonly frames: FilmstripFrame[] = [];
  #session: CDPSession | undefined;

  async start(page: Page, now: () => number): Promise<void> {
    const session = await page.context().newCDPSession(page);
    this.#session = session;
    const startedMs = now();
    let lastMs = Number.NEGATIVE_INFINITY;
    session.on("Page.screencastFrame", ({ data, sessionId }) => {
      // The next frame is sent when this one is acknowledged. A page that was closed needs none.
      session.send("Page.screencastFrameAck", { sessionId }).catch(() => this.stop());
      const atMs = now() - startedMs;
      if (this.#session === undefined || this.frames.length >= MAX_FRAMES || atMs - lastMs < MIN_GAP_MS) return;
      lastMs = atMs;
      this.frames.push({ atMs, jpeg: Buffer.from(data, "base64") });
    });
    await session.send("Page.startScreencast", SETTINGS);
  }

  /** Takes no more pictures: at the end, and before something is typed that they must not show. */
  stop(): void {
    const session = this.#session;
    this.#session = undefined;
    // Of a page that was closed, it has ended already.
    session?.send("Page.stopScreencast").catch(() => undefined);
  }
}
