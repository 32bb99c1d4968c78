// On call on a laptop: the local runtime and the command beside it are processes of their own, as a user has them.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { dueTimers } from "@belfry/core/alerts/dispatch/timers";
import type { ConfigInput } from "@belfry/core/config/schema";
import { openSqliteTable } from "@belfry/local/on-call/sqlite-table";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type FakeReceiver, fakeReceiver, SIGNING_SECRET } from "../support/fake-channels.ts";

const COMMAND = path.resolve("packages/local/src/command.ts");

let folder: string;
let receiver: FakeReceiver;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "belfry-local-on-call-"));
  receiver = await fakeReceiver();
});
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
});
afterAll(async () => {
  await receiver.close();
  await rm(folder, { recursive: true });
});

function spawned(cwd: string, args: readonly string[], secret = SIGNING_SECRET): ChildProcess {
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, HOOK_SECRET: secret };
  return spawn(process.execPath, [COMMAND, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function belfry(cwd: string, ...args: string[]): Promise<Ended> {
  return ended(spawned(cwd, args));
}

function ended(child: ChildProcess): Promise<Ended> {
  let out = "";
  let err = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
}

/** A runtime that goes on, what it prints, and how to wait for some of that. */
class Running {
  readonly end: Promise<Ended>;
  readonly #child: ChildProcess;
  #out = "";
  #waiting: (() => void)[] = [];

  constructor(cwd: string, ...args: string[]) {
    this.#child = spawned(cwd, args);
    running.add(this.#child);
    this.end = ended(this.#child);
    const take = (text: string): void => {
      this.#out += text;
      for (const wake of this.#waiting.splice(0)) wake();
    };
    this.#child.stdout?.on("data", take);
    this.#child.stderr?.on("data", take);
    this.#child.on("close", () => take(""));
  }

  async prints(pattern: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const match = this.#out.match(pattern);
      if (match !== null) return match;
      if (this.#child.exitCode !== null) throw new Error(`it ended and never printed ${pattern}:\n${this.#out}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  stop(): Promise<Ended> {
    this.#child.kill("SIGINT");
    return this.end;
  }
}

/** A folder with a configuration whose incidents go to the receiver of this test. */
async function folderWith(groupWait: string, more: ConfigInput = {}): Promise<string> {
  const cwd = await mkdtemp(path.join(folder, "run-"));
  const config: ConfigInput = {
    channels: {
      hook: { type: "webhook", url: receiver.url, signingSecret: "env:HOOK_SECRET" },
      pager: { type: "pagerduty", routingKey: "env:NOBODY_HAS_IT" },
    },
    oncall: {
      route: {
        receiver: "team",
        groupBy: ["source"],
        groupWait,
        groupInterval: "1s",
        routes: [{ matchers: ['source="aws.health"'], receiver: "nobody" }],
      },
      receivers: { team: { channels: ["hook", "pager"] }, nobody: { channels: [] } },
    },
    ...more,
  };
  await writeFile(path.join(cwd, "belfry.config.json"), JSON.stringify(config));
  receiver.taken.length = 0;
  receiver.requests.length = 0;
  return cwd;
}

function told(): { kind: string; status: string; lines: string[] }[] {
  return receiver.taken.map((body) => (body as { notification: never }).notification);
}

function lines(text: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

describe("belfry start", () => {
  it("opens the sample incident, which another process takes and resolves; a channel is told each once", async () => {
    const cwd = await folderWith("1s");
    const start = new Running(cwd, "start", "--no-canaries", "--rate", "1");
    const [greeting] = await start.prints(/on call tells for real: .*\n.*\n/);
    expect(greeting).toContain("hook (webhook)");
    expect(greeting).toContain(
      'the channel "pager" is left out, the inbox is told instead: set NOBODY_HAS_IT to use it',
    );
    const [, typed = ""] = await start.prints(/opened: checkout-down — npx belfry incidents show ([0-9a-f]{4})\n/);

    const ack = await belfry(cwd, "incidents", "ack", typed, "--by", "ada");
    expect(ack).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /^incident [0-9a-f]{8} \(checkout-down\) is acknowledged by ada; its channels are told/,
      ),
    });
    await start.prints(/acknowledged by ada: checkout-down/);
    // Else the end would say it too.
    await expect.poll(() => told().length, { timeout: 10_000 }).toBe(2);
    expect((await belfry(cwd, "incidents", "resolve", typed, "--by", "bob")).code).toBe(0);
    await start.prints(/resolved by bob: checkout-down/);
    const { code, out } = await start.stop();
    expect(code).toBe(0);
    expect(out).toContain("the accounting adds up");

    expect(told().map(({ kind, status }) => [kind, status])).toEqual([
      ["opened", "open"],
      ["updated", "acknowledged"],
      ["resolved", "resolved"],
    ]);
    expect(receiver.requests).toHaveLength(3);
    const [show] = lines((await belfry(cwd, "incidents", "show", typed, "--json")).out);
    expect(show).toMatchObject({ status: "resolved", resolvedBy: "bob", toBeTold: [] });
    expect(show?.told).toHaveLength(6);
    expect(show?.timeline).toMatchObject([
      { what: "opened" },
      { what: "acknowledged", who: "ada" },
      { what: "resolved", who: "bob" },
    ]);
  });

  it("goes on where one that was killed stopped", async () => {
    const cwd = await folderWith("3s");
    const first = new Running(cwd, "start", "--no-canaries", "--rate", "1");
    await first.prints(/sample traffic until Ctrl-C/);
    // By then the timers of both groups are in the table, and their messages in queues that go with the process.
    const state = openSqliteTable(path.join(cwd, ".belfry", "state.sqlite"), Date.now());
    const signal = new AbortController().signal;
    const groups = async () =>
      (await dueTimers(state, Date.now() + 60_000, 9, signal)).filter(({ kind }) => kind === "group");
    await vi.waitFor(async () => expect(await groups()).toHaveLength(2), 20_000);
    state.close();
    for (const child of running) child.kill("SIGKILL");
    await first.end;

    const second = new Running(cwd, "start", "--no-canaries", "--rate", "1", "--no-incident");
    await second.prints(/opened: checkout-down/);
    await second.stop();
    expect(told().map(({ kind }) => kind)).toEqual(["opened"]);
  });
});

describe("belfry incidents", () => {
  it("tells by itself what it does where no runtime is running", async () => {
    const cwd = await folderWith("0s");
    expect((await belfry(cwd, "start", "--once", "--json")).code).toBe(0);
    expect(told().map(({ kind }) => kind)).toEqual(["opened"]);
    const { code, out } = await belfry(cwd, "incidents", "resolve", "last", "--json");
    expect({ code, ...lines(out)[0] }).toMatchObject({ code: 0, outcome: "done", status: "resolved" });
    const [other] = lines((await belfry(cwd, "incidents", "list", "--json")).out);
    await belfry(cwd, "incidents", "ack", String(other?.handle));
    // Of the two, one is told to nobody but the list.
    expect(told().length).toBe(2);
  });

  it("lists, shows, and says what is so already", async () => {
    const cwd = await mkdtemp(path.join(folder, "plain-"));
    expect(await belfry(cwd, "incidents", "list")).toMatchObject({
      code: 2,
      err: "belfry: there are no incidents in .belfry: npm start raises a sample one, or name a table\n",
    });
    await belfry(cwd, "start", "--once");
    const listed = await belfry(cwd, "incidents", "list");
    expect(listed.code).toBe(0);
    expect(listed.out).toMatch(/^incident +status +severity +title +opened\n/);
    const [, handle = ""] = /^([0-9a-f]{8}) +open +error +checkout-down +\d+s ago$/m.exec(listed.out) ?? [];
    const show = await belfry(cwd, "incidents", "show", handle.slice(0, 4).toUpperCase());
    expect(show.out).toMatch(/^incident [0-9a-f]{16} {2}checkout-down\n {2}status {4}open\n/);
    expect(show.out).toMatch(/\d {2}opened\n/);
    expect(show.out).toMatch(/\d {2}told inbox: opened\n/);
    expect(show.out).toContain("https://eu-central-1.console.aws.amazon.com/cloudwatch/");

    expect((await belfry(cwd, "incidents", "snooze", handle, "--for", "2h")).out).toMatch(/is snoozed until .* UTC\n$/);
    expect((await belfry(cwd, "incidents", "ack", handle, "--by", "ada")).code).toBe(0);
    expect(await belfry(cwd, "incidents", "ack", handle)).toMatchObject({
      code: 1,
      out: `incident ${handle} (checkout-down) is already acknowledged by ada\n`,
    });
    expect((await belfry(cwd, "incidents", "resolve", handle)).code).toBe(0);
    expect((await belfry(cwd, "incidents", "resolve", handle)).code).toBe(1);
    expect((await belfry(cwd, "incidents", "list", "--all")).out).toMatch(/resolved/);
    const wrong = handle.startsWith("0") ? "1234" : "0123";
    expect(await belfry(cwd, "incidents", "show", wrong)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^belfry: there is no incident \d{4}; (open is|did you mean) .*\n$/),
    });
    expect((await belfry(cwd, "incidents", "show", "xyz")).err).toContain("give 4 or more of its digits, or last");
  });

  it("silences and ends silences, and finds nothing undelivered", async () => {
    const cwd = await mkdtemp(path.join(folder, "silence-"));
    await belfry(cwd, "start", "--once", "--no-incident");
    expect((await belfry(cwd, "incidents", "silences")).code).toBe(1);
    const made = await belfry(
      cwd,
      "incidents",
      "silence",
      'alarmname="x",account="1"',
      "--for",
      "2h",
      "--comment",
      "tests",
    );
    const [, id = ""] = /^silence ([0-9a-f]{8}): nobody is told of \{account="1",alarmname="x"\}/.exec(made.out) ?? [];
    expect((await belfry(cwd, "incidents", "silences")).out).toMatch(
      new RegExp(`^${id} +active +in 1h 59m +{account="1",alarmname="x"} +\\S+ +tests$`, "m"),
    );
    expect((await belfry(cwd, "incidents", "unsilence", id.slice(0, 4))).out).toBe(`silence ${id} has ended\n`);
    expect((await belfry(cwd, "incidents", "unsilence", "none")).err).toContain(`there are ${id}`);
    expect((await belfry(cwd, "incidents", "silence", 'a!="x"')).err).toContain("a silence needs a matcher");
    expect((await belfry(cwd, "incidents", "silence", "a=x", "--for", "soon")).code).toBe(2);
    expect(await belfry(cwd, "incidents", "undelivered")).toMatchObject({ code: 1, out: "everything was delivered\n" });
  });

  it("lists what a channel could not be told, and lets it say that again", async () => {
    const cwd = await folderWith("0s");
    await ended(spawned(cwd, ["start", "--once"], "another secret than the receiver's"));
    const listed = await belfry(cwd, "incidents", "undelivered");
    expect(listed.out).toMatch(/ hook +[0-9a-f]{8} +opened +checkout-down +failed +/);
    expect(await belfry(cwd, "incidents", "undelivered", "--redrive", "hook")).toMatchObject({
      code: 0,
      out: "hook says 1 notification again\n",
    });
    expect(told().map(({ kind }) => kind)).toEqual(["opened"]);
    expect((await belfry(cwd, "incidents", "undelivered", "--redrive", "hok")).err).toContain('did you mean "hook"?');
  });
});
