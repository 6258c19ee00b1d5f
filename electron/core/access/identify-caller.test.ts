import { describe, expect, it } from "vitest";
import { PosternError } from "#shared/errors.ts";
import type { Grants } from "./grants.ts";
import { type CallerCheck, createCallerCheck } from "./identify-caller.ts";
import { readHead } from "./read-head.ts";

const mine = "postern_mine";
const other = "postern_other";
const own = "sk-live-own-key";
const grants: Pick<Grants, "find"> = {
  find: (credential) => (credential === mine || credential === other ? { id: credential, name: credential, kind: "owner" } : null),
};

function check(): CallerCheck {
  return createCallerCheck(grants as Grants, { nowMs: () => 0, monotonicMs: () => 0, wait: async () => {} });
}

function identify(headers: Record<string, string>, options = { bringYourOwnKey: true, configHasKeys: false }, callers = check()): string {
  try {
    const caller = callers.identify(readHead(Object.entries(headers).flat()), options);
    return `${caller.grant?.id ?? "-"} ${caller.ownKey ?? "-"}`;
  } catch (error) {
    return error instanceof PosternError ? error.code : String(error);
  }
}

describe("CallerCheck.identify()", () => {
  it.each(["authorization", "x-api-key", "api-key", "x-goog-api-key", "x-portkey-api-key"])("takes a local key in %s", (header) => {
    expect(identify({ [header]: header === "authorization" ? `Bearer ${mine}` : mine })).toBe(`${mine} -`);
  });

  it.each<[string, Record<string, string>, string]>([
    ["the same local key twice", { authorization: `Bearer ${mine}`, "x-api-key": mine }, `${mine} -`],
    ["two local keys that differ", { authorization: `Bearer ${mine}`, "x-api-key": other }, "conflicting_credentials"],
    ["a right and a wrong local key", { authorization: `Bearer ${mine}`, "x-api-key": "postern_wrong" }, "conflicting_credentials"],
    ["an own key beside a local key in x-portkey-api-key", { authorization: `Bearer ${own}`, "x-portkey-api-key": mine }, `${mine} ${own}`],
    ["an own key beside a local key elsewhere", { authorization: `Bearer ${mine}`, "x-api-key": own }, "conflicting_credentials"],
    ["two own keys that differ", { authorization: `Bearer ${own}`, "x-api-key": "sk-other" }, "conflicting_credentials"],
    [
      "an own key beside a key for hosted Portkey, which the original ignores",
      { authorization: `Bearer ${own}`, "x-portkey-api-key": "pk-hosted" },
      `- ${own}`,
    ],
    ["a local key in lower-case bearer", { authorization: `bearer ${mine}` }, `${mine} -`],
    ["a placeholder beside a local key", { authorization: "Bearer undefined", "x-api-key": mine }, `${mine} -`],
    ["only placeholders", { authorization: "Bearer x", "x-api-key": "sk-anything" }, "invalid_api_key"],
    ["nothing", {}, "invalid_api_key"],
    ["a wrong local key", { authorization: "Bearer postern_wrong" }, "invalid_api_key"],
    ["SQL", { authorization: "Bearer ' OR '1'='1" }, "- ' OR '1'='1"],
  ])("judges %s", (_name, headers, expected) => {
    expect(identify(headers)).toBe(expected);
  });

  it("lets nobody bring a key where that is switched off", () => {
    expect(identify({ authorization: `Bearer ${own}` }, { bringYourOwnKey: false, configHasKeys: false })).toBe("invalid_api_key");
    expect(identify({}, { bringYourOwnKey: false, configHasKeys: true })).toBe("invalid_api_key");
  });

  it("slows wrong keys after 30 in a minute, whichever header they come in, and never a right one", () => {
    const callers = check();
    const headers = ["authorization", "x-api-key", "api-key"];
    const answers = Array.from({ length: 31 }, (_, index) =>
      identify({ [headers[index % 3] as string]: `postern_${index}` }, undefined, callers),
    );
    expect([answers[29], answers[30], identify({ "x-api-key": mine }, undefined, callers)]).toEqual([
      "invalid_api_key",
      "too_many_failed_keys",
      `${mine} -`,
    ]);
  });

  it("never repeats a credential in what it says", () => {
    const callers = check();
    for (const headers of [
      { authorization: "Bearer postern_wrongsecret" },
      { authorization: `Bearer ${own}`, "x-api-key": "sk-secret-two" },
    ]) {
      expect(() => callers.identify(readHead(Object.entries(headers).flat()), { bringYourOwnKey: true, configHasKeys: false })).toThrow(
        expect.objectContaining({ message: expect.not.stringMatching(/wrongsecret|sk-/) as string }) as Error,
      );
    }
  });
});
