import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { BelfryError } from "../platform/errors.ts";

const ALGORITHM = "aes-256-gcm";
const MAGIC = Buffer.from("BELFRYQ1");
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = MAGIC.length + IV_BYTES + TAG_BYTES;

/** Bytes of a key. */
export const KEY_BYTES = 32;

/** Encrypts a file's content with AES-256-GCM: `BELFRYQ1`, initialization vector (12 bytes), tag (16 bytes), ciphertext. */
export function seal(plain: Uint8Array, key: Uint8Array): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv);
  cipher.setAAD(MAGIC);
  const sealed = [cipher.update(plain), cipher.final()];
  return Buffer.concat([MAGIC, iv, cipher.getAuthTag(), ...sealed]);
}

/** The content of a sealed file. Raises BAD_PAYLOAD when it was not sealed with this key, or was changed since. */
export function unseal(sealed: Buffer, key: Uint8Array): Buffer {
  try {
    if (!sealed.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error("it does not begin as one");
    const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(MAGIC.length, MAGIC.length + IV_BYTES));
    decipher.setAAD(MAGIC);
    decipher.setAuthTag(sealed.subarray(MAGIC.length + IV_BYTES, HEAD_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(HEAD_BYTES)), decipher.final()]);
  } catch (cause) {
    const text = `not a file sealed with this key, or damaged (${sealed.length} bytes)`;
    throw new BelfryError("BAD_PAYLOAD", text, { cause });
  }
}
