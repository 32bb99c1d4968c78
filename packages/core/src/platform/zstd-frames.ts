import { zstdDecompressSync } from "node:zlib";

// Node's decompressor ends a write with the first frame that ends in it, and drops the rest of that write without a word; frames that each begin
// a write of their own it reads all. https://github.com/nodejs/node/issues/64741

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_MASK = 0xfffffff0;
const MAGIC_AND_DESCRIPTOR = 5;
const SKIPPABLE_HEADER = 8;
const BLOCK_HEADER = 3;
const RLE_BLOCK = 1;
const CHECKSUM_BYTES = 4;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4];
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];

/** Finds where Zstandard frames end, by their headers alone. https://www.rfc-editor.org/rfc/rfc8878#section-3.1 */
class FrameCutter {
  readonly #header = Buffer.alloc(32);
  #length = 0;
  #inFrame = false;
  #hasChecksum = false;
  /** Bytes that no decision needs: the content of a block, a checksum. */
  #pass = 0;
  #endsAfterPass = false;

  /** The chunk in pieces of which none goes on after the end of a frame. What is no frame is one piece. */
  cut(chunk: Uint8Array): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    let from = 0;
    for (let i = 0; i < chunk.length; ) {
      if (this.#pass === 0) this.#readHeaderByte(chunk[i++]);
      const step = Math.min(this.#pass, chunk.length - i);
      this.#pass -= step;
      i += step;
      if (this.#pass > 0 || !this.#endsAfterPass) continue;
      this.#endsAfterPass = false;
      pieces.push(chunk.subarray(from, i));
      from = i;
    }
    if (from < chunk.length) pieces.push(chunk.subarray(from));
    return pieces;
  }

  #readHeaderByte(byte: number): void {
    this.#header[this.#length++] = byte;
    if (this.#inFrame) this.#readBlockHeader();
    else if (this.#length >= MAGIC_AND_DESCRIPTOR) this.#readFrameHeader();
  }

  #readFrameHeader(): void {
    const magic = this.#header.readUInt32LE(0);
    if ((magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC) {
      if (this.#length < SKIPPABLE_HEADER) return;
      this.#begin(this.#header.readUInt32LE(4), true);
    } else if (magic !== FRAME_MAGIC) {
      // No frame: let the decompressor see the rest as it is, and say so.
      this.#begin(Number.POSITIVE_INFINITY, false);
    } else if (this.#length === frameHeaderBytes(this.#header[4])) {
      this.#hasChecksum = (this.#header[4] & 4) !== 0;
      this.#inFrame = true;
      this.#length = 0;
    }
  }

  #readBlockHeader(): void {
    if (this.#length < BLOCK_HEADER) return;
    const header = this.#header.readUIntLE(0, BLOCK_HEADER);
    const content = ((header >>> 1) & 3) === RLE_BLOCK ? 1 : header >>> 3;
    const isLast = (header & 1) === 1;
    this.#begin(content + (isLast && this.#hasChecksum ? CHECKSUM_BYTES : 0), isLast);
    if (isLast) this.#inFrame = false;
  }

  #begin(pass: number, endsAfterPass: boolean): void {
    this.#length = 0;
    this.#pass = pass;
    this.#endsAfterPass = endsAfterPass;
  }
}

function frameHeaderBytes(descriptor: number): number {
  const isSingleSegment = (descriptor & 32) !== 0;
  const contentSize = CONTENT_SIZE_BYTES[descriptor >>> 6] || (isSingleSegment ? 1 : 0);
  return MAGIC_AND_DESCRIPTOR + (isSingleSegment ? 0 : 1) + DICTIONARY_ID_BYTES[descriptor & 3] + contentSize;
}

/** The chunks of a Zstandard stream cut so that `createZstdDecompress` reads all of its frames. */
export async function* cutAtFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const cutter = new FrameCutter();
  for await (const chunk of chunks) yield* cutter.cut(chunk);
}

/** Decompresses all frames; raises a RangeError with code ERR_BUFFER_TOO_LARGE when more than `maxOutputLength` bytes would come out. */
export function zstdDecompressAll(bytes: Uint8Array, maxOutputLength: number): Buffer {
  const parts: Buffer[] = [];
  let left = maxOutputLength;
  for (const frame of new FrameCutter().cut(bytes)) {
    const part = zstdDecompressSync(frame, { maxOutputLength: Math.max(1, left) });
    left -= part.length;
    parts.push(part);
  }
  return parts.length === 1 ? parts[0] : Buffer.concat(parts);
}
