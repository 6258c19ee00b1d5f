import { describe, expect, it } from "vitest";
import { beginsLikeJson, findMember, readReplyEnding } from "./peek-reply.ts";

describe("findMember()", () => {
  it.each([
    ['{"choices":[],"usage":{"prompt_tokens":1,"details":{"a":{}}}}', { prompt_tokens: 1, details: { a: {} } }],
    ['{"usage" : {"prompt_tokens":1},"x":2}', { prompt_tokens: 1 }],
    ['{"choices":[{"message":{"content":"say \\"usage\\": {\\"prompt_tokens\\":9}"}}]}', null],
    ['{"usage":null}', null],
    ['{"usage":{"prompt_tokens":', null],
    ["", null],
  ])("reads %s", (body, usage) => {
    expect(findMember(Buffer.from(body), "usage")).toEqual(usage);
  });
});

describe("readReplyEnding()", () => {
  it.each([
    ['{"a":1} \n', "finished"],
    ["[1]", "finished"],
    ['{"a":"b', "truncated"],
    ["", "truncated"],
  ])("judges %j as %s", (body, ending) => {
    expect(readReplyEnding(Buffer.from(body))).toBe(ending);
  });
});

describe("beginsLikeJson()", () => {
  it.each([
    [' \n{"a":1}', true],
    ["[]", true],
    ["<!doctype html>", false],
    ["", false],
  ])("tells %j", (body, expected) => {
    expect(beginsLikeJson(Buffer.from(body))).toBe(expected);
  });
});
