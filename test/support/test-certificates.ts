// Certificates made on the spot, so that no private key lies in the repository.
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  Extension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

const DAY_MS = 86_400_000;
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const TIMESTAMPS_OID = "1.3.6.1.4.1.11129.2.4.2";

/** What a certificate is to be like; days are from now. */
export interface CertificateWish {
  /** Names and addresses that it is for. */
  readonly names: readonly string[];
  readonly fromDays?: number;
  readonly toDays?: number;
  /** Timestamps of transparency logs in it; their content is made up. */
  readonly timestamps?: number;
}

/** A key with its certificate, as TLS servers take them. */
export interface ServerIdentity {
  readonly cert: string;
  readonly key: string;
}

/** An authority of one's own. */
export interface TestAuthority {
  readonly root: string;
  issue(wish: CertificateWish): Promise<ServerIdentity>;
}

/** Makes an authority, whose certificate is valid until `toDays`. */
export async function testAuthority(toDays = 3650): Promise<TestAuthority> {
  const keys = await newKeys();
  const root = await X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "CN=Test Root, O=Belfry",
    notBefore: new Date(Date.now() - 400 * DAY_MS),
    notAfter: new Date(Date.now() + toDays * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [new BasicConstraintsExtension(true, 2, true)],
  });
  return {
    root: root.toString("pem"),
    issue: async (wish) => {
      const own = await newKeys();
      const certificate = await X509CertificateGenerator.create({
        ...contentOf(wish),
        issuer: root.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
      });
      return { cert: certificate.toString("pem"), key: await privatePem(own) };
    },
  };
}

/** A certificate that was signed by its own key. */
export async function selfSignedIdentity(wish: CertificateWish): Promise<ServerIdentity> {
  const keys = await newKeys();
  const { subject, ...content } = contentOf(wish);
  const certificate = await X509CertificateGenerator.createSelfSigned({ ...content, name: subject, keys });
  return { cert: certificate.toString("pem"), key: await privatePem(keys) };
}

function contentOf({ names, fromDays = -30, toDays = 60, timestamps = 0 }: CertificateWish) {
  const alternatives = names.map((value) => ({
    type: /^[\d.]+$|:/.test(value) ? ("ip" as const) : ("dns" as const),
    value,
  }));
  return {
    serialNumber: "02",
    subject: `CN=${names[0]}, O=Belfry`,
    notBefore: new Date(Date.now() + fromDays * DAY_MS),
    notAfter: new Date(Date.now() + toDays * DAY_MS),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new SubjectAlternativeNameExtension(alternatives),
      ...(timestamps === 0 ? [] : [new Extension(TIMESTAMPS_OID, false, timestampList(timestamps))]),
    ],
  };
}

/** https://www.rfc-editor.org/rfc/rfc6962#section-3.3 */
function timestampList(count: number): Uint8Array<ArrayBuffer> {
  const one = Buffer.concat([Buffer.from([0, 40]), Buffer.alloc(40, 7)]);
  const all = Buffer.concat(Array.from({ length: count }, () => one));
  const list = Buffer.concat([Buffer.from([all.length >> 8, all.length & 255]), all]);
  const header = list.length < 128 ? [4, list.length] : [4, 0x82, list.length >> 8, list.length & 255];
  return new Uint8Array(Buffer.concat([Buffer.from(header), list]));
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
}

async function privatePem(keys: webcrypto.CryptoKeyPair): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
}
