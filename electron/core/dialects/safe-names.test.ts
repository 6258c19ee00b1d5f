import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SafeNames } from "./safe-names.ts";

const rule = { pattern: /^[a-zA-Z0-9_-]+$/, maxLength: 64 };

describe("SafeNames", () => {
  it("leaves a name that fits", () => {
    expect(new SafeNames(rule).safe("read_file")).toBe("read_file");
  });

  it("gives every name a form that fits, no two the same, and finds each again", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1, maxLength: 120, unit: "binary" }), { maxLength: 30 }), (names) => {
        const safe = new SafeNames(rule);
        const forms = names.map((name) => safe.safe(name));
        expect(new Set(forms).size).toBe(names.length);
        for (const [index, form] of forms.entries()) {
          expect(form).toMatch(rule.pattern);
          expect(form.length).toBeLessThanOrEqual(rule.maxLength);
          expect(safe.original(form)).toBe(names[index]);
        }
      }),
    );
  });

  it("gives the same name the same form in the next call, so that a prompt cache holds", () => {
    const name = `mcp__files__${"x".repeat(80)}`;
    expect(new SafeNames(rule).safe(name)).toBe(new SafeNames(rule).safe(name));
  });

  it("makes Mistral's call ids of nine letters and digits", () => {
    const nine = { pattern: /^[a-zA-Z0-9]{9}$/, maxLength: 9 };
    expect(new SafeNames(nine).safe("call_abc-def")).toMatch(nine.pattern);
  });
});
