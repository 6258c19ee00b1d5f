import { expect, test } from "vitest";
import { PosternError } from "#shared/errors.ts";
import { attemptTarget, type Outgoing } from "./attempt-target.ts";
import { cutOff, unlessCut } from "./cut-off.ts";
import type { Exchange } from "./exchange.ts";

const reason = new PosternError("invalid_api_key", "Cannot go on with this call: its key was revoked");
const never = new Promise<never>(() => {});
/** What of an exchange is looked at here. */
const open = (): Exchange => ({ ongoing: null, cut: null, steps: null }) as unknown as Exchange;

test("unlessCut() gives up a step that hangs, two of them side by side, and each that comes after", async () => {
  const exchange = open();
  const hanging = [unlessCut(exchange, never), unlessCut(exchange, never)];
  cutOff(exchange, reason);
  for (const step of [...hanging, unlessCut(exchange, never)]) await expect(step).rejects.toBe(reason);
  expect(exchange.steps?.size).toBe(0);
});

test("unlessCut() gives what its step gives, and leaves nothing behind", async () => {
  const exchange = open();
  await expect(unlessCut(exchange, Promise.resolve("key"))).resolves.toBe("key");
  await expect(unlessCut(exchange, Promise.reject(new Error("no keychain")))).rejects.toThrow("no keychain");
  expect(exchange.steps?.size).toBe(0);
});

test("cutOff() keeps its first reason", () => {
  const exchange = open();
  cutOff(exchange, reason);
  cutOff(exchange, new PosternError("shutting_down", "Cannot finish this call: Postern is shutting down"));
  expect(exchange.cut).toBe(reason);
});

test("attemptTarget() sends nothing for a call that was cut off between two steps", async () => {
  const exchange = { ...open(), cut: reason, response: { destroyed: false }, request: { socket: { destroyed: false } } };
  const row = { id: "openai", origin: "http://127.0.0.1:1", basePath: "/v1", auth: "none" };
  const prepare = (): never => {
    throw new Error("it was prepared");
  };
  type Setting = Parameters<typeof attemptTarget>;
  const tried = { target: { row, customHost: null, ownKey: null } } as unknown as Setting[1];
  const setting = { outgoing: { prepare } as unknown as Outgoing, tools: {}, watch: {}, times: {} } as unknown as Setting[2];
  expect(await attemptTarget(exchange as unknown as Exchange, tried, setting)).toEqual({ kind: "error", error: reason });
});
