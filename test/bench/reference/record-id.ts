import { createHash } from "node:crypto";

// Constants and steps of MurmurHash3_x86_128. https://github.com/aappleby/smhasher/wiki/MurmurHash3
const MULTIPLIERS = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93];
const LANE_ROTATIONS = [15, 16, 17, 18];
const STATE_ROTATIONS = [19, 17, 15, 13];
const ADDENDS = [0x561ccd1b, 0x0bcaa747, 0x96cd1c35, 0x32ac3b17];
const BLOCK = 16;

/** The ids of one log stream's records by decision 5: a hash of CloudWatch's event id, started from the stream's identity. */
export function idsOf(
  account: string,
  region: string,
  logGroup: string,
  logStream: string,
): (eventId: string) => string {
  const hash = createHash("sha256");
  for (const part of ["logs", account, region, logGroup, logStream]) hash.update(`${Buffer.byteLength(part)}:${part}`);
  const digest = hash.digest();
  const start = [0, 4, 8, 12].map((at) => digest.readUInt32LE(at));
  return (eventId) => murmur(Buffer.from(eventId), start);
}

function murmur(key: Buffer, start: readonly number[]): string {
  const state = [...start];
  const whole = key.length - (key.length % BLOCK);
  for (let block = 0; block < whole; block += BLOCK) {
    for (let lane = 0; lane < 4; lane++) {
      state[lane] ^= scramble(key.readUInt32LE(block + lane * 4), lane);
      state[lane] = Math.imul(rotate(state[lane], STATE_ROTATIONS[lane]) + state[(lane + 1) % 4], 5) + ADDENDS[lane];
    }
  }
  const rest = Buffer.concat([key.subarray(whole), Buffer.alloc(BLOCK)]);
  for (let lane = 3; lane >= 0; lane--) state[lane] ^= scramble(rest.readUInt32LE(lane * 4), lane);
  for (let lane = 0; lane < 4; lane++) state[lane] ^= key.length;
  mix(state);
  return mix(state.map(avalanche))
    .map((word) => (word >>> 0).toString(16).padStart(8, "0"))
    .join("");
}

function scramble(word: number, lane: number): number {
  return Math.imul(rotate(Math.imul(word, MULTIPLIERS[lane]), LANE_ROTATIONS[lane]), MULTIPLIERS[(lane + 1) % 4]);
}

function mix(state: number[]): number[] {
  for (let lane = 1; lane < 4; lane++) state[0] += state[lane];
  for (let lane = 1; lane < 4; lane++) state[lane] += state[0];
  return state;
}

function avalanche(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
