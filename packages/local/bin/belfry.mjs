#!/usr/bin/env node
if (process.features.typescript) {
  await import("../src/command.ts");
} else {
  process.stderr.write(
    `belfry needs Node 24, which npm ci put beside it, and this is ${process.version}: run it by npx belfry\n`,
  );
  process.exitCode = 2;
}
