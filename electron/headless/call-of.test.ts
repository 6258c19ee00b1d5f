import { afterEach, describe, expect, test, vi } from "vitest";
import { callOf } from "./call-of.ts";

afterEach(() => vi.unstubAllEnvs());

describe("callOf()", () => {
  test("says what works in a clone, where npm runs it, and else the command itself", () => {
    vi.stubEnv("npm_lifecycle_event", "start");
    expect(callOf("ui --open")).toBe("npm run postern -- ui --open");
    vi.stubEnv("npm_lifecycle_event", undefined);
    expect(callOf("ui --open")).toBe("postern ui --open");
    expect(callOf("ui", "/srv/postern")).toBe("postern ui --data-dir /srv/postern");
    expect(callOf("ui", "/srv/my postern")).toBe('postern ui --data-dir "/srv/my postern"');
  });
});
