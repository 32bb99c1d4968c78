import { constants, deflateRawSync, gzipSync } from "node:zlib";
import { kinesisEvent } from "./generate.ts";
import { inFreshWorker, type StoredWorkload, store } from "./measure.ts";
import { ratios } from "./statistics.ts";

const MIB = 1024 * 1024;
const WARM_RUNS = 30;
const MEMORY_RUNS = 8;

/** The largest resident sets of processes that worked on one workload, over those of another, in turns. */
export async function memoryRatios(large: StoredWorkload, small: StoredWorkload, rounds: number): Promise<number[]> {
  const peaks: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    for (const [i, { set, file }] of [large, small].entries()) {
      const peak = await inFreshWorker("product", async (worker) => {
        await worker.call({ command: "load", set, file });
        const { maxRssBytes = 0 } = await worker.call({ command: "run", set, times: MEMORY_RUNS });
        return maxRssBytes;
      });
      peaks[i].push(peak);
    }
  }
  return ratios(...peaks);
}

/** The first batch of a new process over a later one, once the engine has compiled the code. */
export async function firstBatchRatios({ set, file }: StoredWorkload, rounds: number): Promise<number[]> {
  const found: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await inFreshWorker("product", async (worker) => {
      await worker.call({ command: "load", set, file });
      const first = await worker.call({ command: "run", set, times: 1 });
      await worker.call({ command: "run", set, times: WARM_RUNS });
      const warm = await worker.call({ command: "run", set, times: WARM_RUNS });
      found.push(((first.cpuUs ?? 0) * WARM_RUNS) / (warm.cpuUs ?? 0));
    });
  }
  return found;
}

/** Refusing 1 MB that inflates to 1 GB, over inflating as much as one payload may have. */
export async function bombRatios(boundBytes: number, rounds: number): Promise<number[]> {
  const bomb = store("bomb", kinesisEvent([inflatesToOneGibibyte()]));
  const bound = store("bound", kinesisEvent([gzipSync(Buffer.alloc(boundBytes, "x"), { level: 1 })]));
  const found: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const refusing = await inFreshWorker("product", async (worker) => {
      await worker.call({ command: "load", set: "bomb", file: bomb });
      return (await worker.call({ command: "run", set: "bomb", times: 1 })).cpuUs ?? 0;
    });
    const inflating = await inFreshWorker("gunzip", async (worker) => {
      await worker.call({ command: "load", set: "bound", file: bound });
      return (await worker.call({ command: "run", set: "bound", times: 1 })).cpuUs ?? 0;
    });
    found.push(refusing / inflating);
  }
  return found;
}

/**
 * A gzip stream of 1,024 times the same mebibyte. Each is flushed fully, so that its compressed bytes depend on nothing before them. The
 * checksum at the end is not right: nobody should get that far.
 */
function inflatesToOneGibibyte(): Buffer {
  const opening =
    '{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"bomb","logStream":"bomb","logEvents":[{"message":"';
  const flushed = { finishFlush: constants.Z_FULL_FLUSH };
  const mebibyte = deflateRawSync(Buffer.alloc(MIB, "x"), flushed);
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  const repeated = Array.from({ length: 1024 }, () => mebibyte);
  return Buffer.concat([header, deflateRawSync(opening, flushed), ...repeated, deflateRawSync(""), Buffer.alloc(8)]);
}
