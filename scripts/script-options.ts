import { type ParseArgsConfig, parseArgs } from "node:util";

/** The options that a script was started with. Ends the process with 2 when they are others than it has. */
export function scriptOptions<const Options extends NonNullable<ParseArgsConfig["options"]>>(
  options: Options,
): ReturnType<typeof parseArgs<{ options: Options }>>["values"] {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    console.error(`${(error as Error).message}; --help lists the options`);
    process.exit(2);
  }
}
