import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { BelfryError, messageOf } from "@belfry/core/platform/errors";
import { MAX_DOCUMENT_BYTES, type SegmentDocument } from "@belfry/core/platform/segment-document";
import { segmentProblems } from "@belfry/core/tracing/segment-check";
import { TraceStore } from "./trace-store.ts";

export interface XRayDaemonOptions {
  /** Folder for the traces, made when it is not there: `.belfry/traces`. */
  readonly folder: string;
  /** A free one by default. */
  readonly port?: number;
  /** Sees each document that was refused, with the reasons. */
  readonly onRefused?: (reasons: readonly string[], text: string) => void;
}

/** Stands in for the X-Ray daemon on this machine: the same protocol, but it keeps the segments in files and checks what AWS would. */
export interface XRayDaemon {
  /** For AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:<port>`. */
  readonly address: string;
  readonly accepted: number;
  readonly refused: number;
  /** Resolves when all that was sent to it before is in the files. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** A datagram that only this daemon sends, to itself: datagrams on loopback keep their order, so what came before it was received. */
const MARKER = "belfry-settled ";
const MARKER_RETRY_MS = 50;

const HOST = "127.0.0.1";

/** Bytes that may wait to be received; the kernel may give less. */
const RECEIVE_BUFFER_BYTES = 4_194_304;

/** Starts the stand-in; a port that is taken raises UNAVAILABLE. */
export async function startXRayDaemon(options: XRayDaemonOptions): Promise<XRayDaemon> {
  const socket = createSocket("udp4");
  const store = new TraceStore(options.folder);
  const markers = new Map<string, () => void>();
  const counts = { accepted: 0, refused: 0 };
  socket.on("message", (datagram) => {
    const text = datagram.toString("utf8");
    if (text.startsWith(MARKER)) return markers.get(text)?.();
    const { document, problems } = readDatagram(text);
    if (problems.length === 0) store.append(document as SegmentDocument);
    else options.onRefused?.(problems, text);
    counts[problems.length === 0 ? "accepted" : "refused"]++;
  });
  await listen(socket, options.port ?? 0);

  let sent = 0;
  const settled = async (): Promise<void> => {
    const marker = `${MARKER}${sent++}`;
    const port = socket.address().port;
    await new Promise<void>((resolve) => {
      // Sent again when it was lost, as any datagram is when the receive buffer is full.
      const send = () => socket.send(marker, port, HOST);
      const again = setInterval(send, MARKER_RETRY_MS);
      markers.set(marker, () => {
        clearInterval(again);
        markers.delete(marker);
        resolve();
      });
      send();
    });
    await store.settled();
  };
  return {
    address: `${HOST}:${socket.address().port}`,
    get accepted() {
      return counts.accepted;
    },
    get refused() {
      return counts.refused;
    },
    settled,
    async close() {
      await settled();
      socket.close();
      await once(socket, "close");
    },
  };
}

async function listen(socket: Socket, port: number): Promise<void> {
  try {
    const listening = once(socket, "listening");
    socket.bind(port, HOST);
    await listening;
  } catch (cause) {
    throw new BelfryError("UNAVAILABLE", `cannot listen for traces on UDP port ${port}: ${messageOf(cause)}`, {
      cause,
    });
  }
  socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
}

/** Reads `{"format":"json","version":1}`, a newline and a segment document; says what is wrong with it otherwise. */
function readDatagram(text: string): { document: unknown; problems: string[] } {
  const end = text.indexOf("\n");
  const header = parsed(end === -1 ? text : text.slice(0, end)) as { format?: unknown; version?: unknown } | undefined;
  if (end === -1 || header?.format !== "json" || header.version !== 1) {
    return {
      document: undefined,
      problems: ['the datagram does not begin with the line {"format":"json","version":1}'],
    };
  }
  const body = text.slice(end + 1);
  const bytes = Buffer.byteLength(body);
  if (bytes > MAX_DOCUMENT_BYTES)
    return { document: undefined, problems: [`${bytes} bytes, ${MAX_DOCUMENT_BYTES} at most`] };
  const document = parsed(body);
  return { document, problems: document === undefined ? ["the document is not JSON"] : segmentProblems(document) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
