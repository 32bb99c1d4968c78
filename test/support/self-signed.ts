// A certificate made on the spot, so that no private key lies in the repository.
import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";

export interface SelfSigned {
  readonly pem: string;
  readonly privateKey: KeyObject;
}

/** A self-signed RSA certificate for a time. https://www.rfc-editor.org/rfc/rfc5280#section-4.1 */
export function selfSigned(from: Date, to: Date): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const algorithm = sequence(Buffer.from("06092a864886f70d01010b", "hex"), Buffer.from("0500", "hex"));
  const commonName = sequence(Buffer.from("0603550403", "hex"), tagged(0x0c, Buffer.from("sns.amazonaws.com")));
  const name = sequence(tagged(0x31, commonName));
  const toBeSigned = sequence(
    tagged(0x02, Buffer.from([1])),
    algorithm,
    name,
    sequence(time(from), time(to)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = createSign("RSA-SHA256").update(toBeSigned).sign(privateKey);
  const der = sequence(toBeSigned, algorithm, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return { pem: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`, privateKey };
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

/** UTCTime: `YYMMDDHHMMSSZ`. */
function time(date: Date): Buffer {
  return tagged(0x17, Buffer.from(`${date.toISOString().replaceAll(/[-:T]/g, "").slice(2, 14)}Z`));
}
