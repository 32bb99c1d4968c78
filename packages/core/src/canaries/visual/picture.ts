import { PNG } from "pngjs";
import { messageOf } from "../../platform/errors.ts";
import { CanaryFailure } from "../failure.ts";

/** A decoded picture: four bytes (red, green, blue, opacity) for each pixel, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A rectangle of a picture, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Bytes of a pixel. */
export const PIXEL_BYTES = 4;

/** A page of 1920 × 8000 has 15 million. Comparing takes three pictures of 4 bytes each per pixel, which beside a browser must fit in a Lambda function of 1 GB. */
export const MAX_PIXELS = 16_000_000;

// https://www.w3.org/TR/png-3/#5PNG-file-signature and #11IHDR: the first chunk is the header, with width and height.
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const WIDTH_AT = 16;
const HEIGHT_AT = 20;
const HEADER_END = 24;

/** Width and height of a PNG, which its header says: nothing is decoded. Raises CanaryFailure of class `canary` for what is no PNG, and for one that has more than MAX_PIXELS. */
export function sizeOfPng(png: Uint8Array): { readonly width: number; readonly height: number } {
  const bytes = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  if (bytes.length < HEADER_END || !bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE)) {
    throw new CanaryFailure("canary", `a picture of ${bytes.length} bytes is no PNG`);
  }
  const size = { width: bytes.readUInt32BE(WIDTH_AT), height: bytes.readUInt32BE(HEIGHT_AT) };
  checkSize(size.width, size.height);
  return size;
}

/** Raises CanaryFailure of class `canary` for a picture that is too large to be compared. */
export function checkSize(width: number, height: number): void {
  if (width * height <= MAX_PIXELS) return;
  throw new CanaryFailure(
    "canary",
    `a picture of ${width}x${height} has more than ${MAX_PIXELS / 1_000_000} million pixels, and is not compared: take less of the page by selector, or without fullPage`,
  );
}

/** Decodes a PNG of any colour type. Raises CanaryFailure of class `canary` for one that is too large, or broken. */
export function decodePicture(png: Uint8Array): Picture {
  sizeOfPng(png);
  try {
    const { width, height, data } = PNG.sync.read(Buffer.from(png.buffer, png.byteOffset, png.byteLength));
    return { width, height, data };
  } catch (thrown) {
    throw new CanaryFailure("canary", `a picture cannot be decoded: ${messageOf(thrown)}`, { cause: thrown });
  }
}

/** Encodes a picture as PNG, quickly rather than small. */
export function encodePicture({ width, height, data }: Picture): Uint8Array {
  const png = new PNG({ width, height, deflateLevel: 3, filterType: 0 });
  png.data = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return PNG.sync.write(png, { deflateLevel: 3, filterType: 0 });
}

/** The same picture on a larger canvas, what is new being transparent. */
export function onCanvas(picture: Picture, width: number, height: number): Picture {
  if (picture.width === width && picture.height === height) return picture;
  const data = new Uint8Array(width * height * PIXEL_BYTES);
  const rowBytes = picture.width * PIXEL_BYTES;
  for (let y = 0; y < picture.height; y++) {
    data.set(picture.data.subarray(y * rowBytes, (y + 1) * rowBytes), y * width * PIXEL_BYTES);
  }
  return { width, height, data };
}

/** Makes one colour of a rectangle, as far as it is within the picture; changes the picture. */
export function paint(picture: Picture, box: Box, colour: readonly [red: number, green: number, blue: number]): void {
  const left = Math.max(0, Math.floor(box.x));
  const right = Math.min(picture.width, Math.ceil(box.x + box.width));
  const bottom = Math.min(picture.height, Math.ceil(box.y + box.height));
  for (let y = Math.max(0, Math.floor(box.y)); y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const at = (y * picture.width + x) * PIXEL_BYTES;
      picture.data.set(colour, at);
      picture.data[at + PIXEL_BYTES - 1] = 255;
    }
  }
}
