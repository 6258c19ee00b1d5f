import { describe, expect, it } from "vitest";
import { querySchema } from "#shared/schema/routing-query.ts";
import { callInputs } from "../../../test/fakes/route-world.ts";
import { holdsFor, mostPatternWork } from "./conditions.ts";

const inputs = callInputs({
  metadata: { plan: "paid", seats: "12", "team.name": "a", nested: { deep: 1 }, none: null },
  params: { model: "gpt-4o", temperature: 0.5, stream: true, messages: [1, 2, 3] },
});

describe("holdsFor()", () => {
  it.each<[unknown, boolean]>([
    [{ "metadata.plan": "paid" }, true],
    [{ "metadata.plan": "free" }, false],
    [{ "metadata.plan": { $eq: "paid" }, "params.stream": true }, true],
    [{ "metadata.plan": { $eq: "paid" }, "params.stream": false }, false],
    // Text and number are two things, except where one is asked to be more than the other.
    [{ "metadata.seats": 12 }, false],
    [{ "metadata.seats": { $gt: 11, $lte: "12" } }, true],
    [{ "metadata.seats": { $gt: 12 } }, false],
    [{ "metadata.plan": { $gt: 1 } }, false],
    [{ "params.temperature": { $gte: 0.5, $lt: 1 } }, true],
    [{ "metadata.plan": { $in: ["paid", "trial"] } }, true],
    [{ "metadata.plan": { $nin: ["paid"] } }, false],
    [{ "metadata.missing": { $nin: ["paid"] } }, true],
    [{ "metadata.missing": { $ne: "x" } }, true],
    [{ "metadata.missing": null }, false],
    [{ "metadata.none": null }, true],
    [{ "params.model": { $regex: "^gpt-4" } }, true],
    [{ "params.temperature": { $regex: "0" } }, false],
    // Portkey's gateway would stop at the pattern.
    [{ "params.model": { $regex: "^gpt-4", $ne: "gpt-4o" } }, false],
    [{ $or: [{ "metadata.plan": "free" }, { "params.model": "gpt-4o" }], "params.stream": false }, false],
    [{ $or: [{ "metadata.plan": "free" }, { $and: [{ "params.model": "gpt-4o" }, { "params.stream": true }] }] }, true],
    [{ "url.pathname": { $regex: "/chat/" } }, true],
    [{ "params.messages": { $length: 3 } }, true],
    [{ "params.messages": { $length: { $gt: 3 } } }, false],
    [{ "params.model": { $length: 6 } }, false],
    [{ "metadata.team.name": "a" }, true],
    [{ "metadata.nested.deep": 1 }, true],
    [{ "metadata.constructor": { $ne: null } }, true],
    [{ "metadata.constructor.name": "Object" }, false],
    [{ "metadata.__proto__": null }, false],
  ])("%j: %s", (query, expected) => {
    expect(holdsFor(querySchema.parse(query), inputs, { left: mostPatternWork })).toBe(expected);
  });

  it("refuses patterns that would hold the process, all of a call's together", () => {
    const long = callInputs({ params: { text: "a".repeat(4_096) } });
    const query = querySchema.parse({ $or: Array.from({ length: 3 }, () => ({ "params.text": { $regex: "a{509}Z" } })) });
    const work = { left: mostPatternWork };
    expect(() => holdsFor(query, long, work)).toThrow("too much work");
    expect(holdsFor(query, callInputs({ params: { text: "a".repeat(30) } }), { left: mostPatternWork })).toBe(false);
  });
});
