import { CanaryFailure } from "../failure.ts";
import { hasText, matches, until } from "../page-checks.ts";
import { findElement, type Place } from "./find-element.ts";
import type { StepOf } from "./recording.ts";

/** Makes the page as large as it was, and as dense. */
export async function setViewportStep({ page }: Place, recorded: StepOf<"setViewport">): Promise<void> {
  const { width, height, deviceScaleFactor, isMobile, hasTouch } = recorded;
  await page.setViewportSize({ width: Math.round(width), height: Math.round(height) });
  const isPlain = (deviceScaleFactor === 1 || deviceScaleFactor === 0) && !isMobile && !hasTouch;
  if (isPlain) return;
  const cdp = await page.context().newCDPSession(page);
  const metrics = { width: Math.round(width), height: Math.round(height), deviceScaleFactor, mobile: isMobile };
  await cdp.send("Emulation.setDeviceMetricsOverride", metrics);
  await cdp.send("Emulation.setTouchEmulationEnabled", { enabled: hasTouch });
}

/** Scrolls the page, or an element of it, to an absolute position. */
export async function scrollStep(place: Place, recorded: StepOf<"scroll">): Promise<void> {
  const { x, y, selectors } = recorded;
  const at = [x, y] as const;
  if (selectors === undefined) {
    await place.frame.evaluate(`window.scrollTo(${x}, ${y})`);
    return;
  }
  const { element } = await findElement(place, selectors);
  await element.scrollIntoViewIfNeeded({ timeout: place.timeoutMs });
  await element.evaluate((node: { scrollTo(x: number, y: number): void }, [left, top]) => node.scrollTo(left, top), at);
}

/** Makes the page's network slow, or none: throughputs in bytes a second, latency in milliseconds. https://chromedevtools.github.io/devtools-protocol/tot/Network/#method-emulateNetworkConditions */
export async function networkStep({ page }: Place, recorded: StepOf<"emulateNetworkConditions">): Promise<void> {
  const { download, upload, latency } = recorded;
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.emulateNetworkConditions", {
    offline: download === 0 && upload === 0 && latency === 0,
    downloadThroughput: download,
    uploadThroughput: upload,
    latency,
  });
}

/** Presses a key, or lets it go. */
export async function keyStep({ page }: Place, recorded: StepOf<"keyDown" | "keyUp">): Promise<void> {
  const { key, type } = recorded;
  try {
    await (type === "keyDown" ? page.keyboard.down(key) : page.keyboard.up(key));
  } catch (thrown) {
    if (!(thrown instanceof Error) || !thrown.message.includes("Unknown key")) throw thrown;
    throw new CanaryFailure("canary", `there is no key ${JSON.stringify(key)}`, { cause: thrown });
  }
}

/**
 * Steps that the Recorder's format leaves to whoever plays them. Belfry knows `expectText` ({text}), `expectTitle` ({title}) and `screenshot` ({name}); one that nobody
 * would carry out must not pass.
 */
export async function customStep(place: Place, recorded: StepOf<"customStep">): Promise<void> {
  const { context, session, page, frame, timeoutMs } = place;
  const parameters = (recorded.parameters ?? {}) as Readonly<Record<string, unknown>>;
  const text = async (name: string) => context.fill(String(parameters[name] ?? ""));
  switch (recorded.name) {
    case "expectText":
      return until(context, session, hasText(frame.locator("body"), await text("text"), false), { timeoutMs, page });
    case "expectTitle":
      return until(
        context,
        session,
        matches("title", await text("title"), () => page.title()),
        { timeoutMs, page },
      );
    case "screenshot": {
      const name = `${await text("name")}.png`;
      context.keep({ name, contentType: "image/png", body: await session.screenshot() });
      return;
    }
    default:
      throw new CanaryFailure(
        "canary",
        `the custom step ${recorded.name} is not known; known are expectText, expectTitle and screenshot`,
      );
  }
}
