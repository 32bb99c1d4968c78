// SST's entry as it is, less the resources that the emulator does not know.
import type { SSTConfig } from "sst";
import entry from "../../../../sst.config.ts";
import { leaveOut, NOT_EMULATED } from "../without-types.ts";

export default {
  config: entry.config,
  async stacks(app) {
    await entry.stacks(app);
    leaveOut(app, NOT_EMULATED);
  },
} satisfies SSTConfig;
