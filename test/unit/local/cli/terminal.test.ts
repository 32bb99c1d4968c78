import { table } from "@belfry/local/cli/table";
import { printable, processTerminal, widthOf } from "@belfry/local/cli/terminal";
import { describe, expect, it } from "vitest";

function stream(isTTY: boolean): { written: string[]; stream: NodeJS.WriteStream } {
  const written: string[] = [];
  const fake = { isTTY, columns: 40, write: (text: string) => written.push(text) > 0 };
  return { written, stream: fake as unknown as NodeJS.WriteStream };
}

describe("the terminal", () => {
  it("has colours only where a person reads, and never against NO_COLOR", () => {
    const tty = stream(true).stream;
    expect(processTerminal(tty, tty, {}).paint.bad("x")).toBe("\u001b[31mx\u001b[0m");
    expect(processTerminal(tty, tty, { NO_COLOR: "1" }).paint.bad("x")).toBe("x");
    expect(processTerminal(stream(false).stream, tty, {}).paint.bad("x")).toBe("x");
  });

  it("shows progress only where a person watches, and takes it away before it prints", () => {
    const out = stream(false);
    const [watched, piped] = [stream(true), stream(false)];
    const terminal = processTerminal(out.stream, watched.stream, {});
    terminal.progress("p".repeat(100));
    terminal.print("result");
    expect(watched.written).toEqual(["p".repeat(39), "\r\u001b[K"]);
    expect(out.written).toEqual(["result\n"]);
    processTerminal(out.stream, piped.stream, {}).progress("working");
    expect(piped.written).toEqual([]);
  });

  it("does not let a log move the cursor", () => {
    expect(printable("a\u001b[2Jb\u0007\u009bc\td\n")).toBe("a\ufffd[2Jb\ufffd\ufffdc d ");
  });

  it("aligns columns by what is seen, numbers to the right", () => {
    const { paint } = processTerminal(stream(true).stream, stream(true).stream, {});
    const lines = table(
      ["name", "n"],
      [
        [paint.good("a"), "5"],
        ["long name", "1000"],
      ],
      { ...paint, faint: (text) => text },
    ).split("\n");
    expect(lines.map(widthOf)).toEqual([15, 15, 15]);
    expect(lines[1]).toBe(`${paint.good("a")}             5`);
  });
});
