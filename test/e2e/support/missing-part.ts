/** A part of `npm run test:e2e` that this machine does not have: what was not tested for it, and the one command that would provide it. */
export class MissingPart extends Error {
  constructor(tests: string, reason: string, command: string) {
    super(`NOT TESTED: ${tests}\n  because ${reason}\n  this would provide it: ${command}`);
    this.name = "MissingPart";
  }
}

/** What `find` gives; undefined, with its message printed, when a part is missing. In a CI environment (`CI=true`) that is an error instead. */
export async function unlessMissing<T>(find: () => Promise<T>): Promise<T | undefined> {
  try {
    return await find();
  } catch (thrown) {
    if (!(thrown instanceof MissingPart) || process.env.CI === "true") throw thrown;
    process.stderr.write(`\n${thrown.message}\n\n`);
    return undefined;
  }
}
