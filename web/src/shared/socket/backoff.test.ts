import { describe, expect, it } from "vitest";
import { retryDelayMs } from "./backoff";

describe("retryDelayMs", () => {
  it("takes the server's word as it is", () => {
    expect(retryDelayMs(9, "retry_after=3.2", () => 1)).toBe(3200);
  });

  it("grows, with full jitter, up to half a minute", () => {
    expect(retryDelayMs(0, "", () => 1)).toBe(600);
    expect(retryDelayMs(3, "", () => 1)).toBe(4100);
    expect(retryDelayMs(99, "", () => 1)).toBe(30_100);
    expect(retryDelayMs(99, "", () => 0)).toBe(100);
  });

  it("does not believe an odd reason", () => {
    expect(retryDelayMs(0, "retry_after=never", () => 0)).toBe(100);
    expect(retryDelayMs(0, "retry_after=99999", () => 0)).toBe(300_000);
  });
});
