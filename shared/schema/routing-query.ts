import * as z from "zod";
import { readLinearRegex } from "../linear-regex.ts";
import { hint } from "./strict-keys.ts";

/** A value that a condition can compare with. */
export type QueryValue = string | number | boolean | null;

/** What a condition asks of one value; every operator that stands there has to hold. */
export interface QueryOperators {
  readonly $eq?: QueryValue;
  readonly $ne?: QueryValue;
  /** Numbers, or text that begins with one. */
  readonly $gt?: number | string;
  readonly $gte?: number | string;
  readonly $lt?: number | string;
  readonly $lte?: number | string;
  readonly $in?: readonly QueryValue[];
  readonly $nin?: readonly QueryValue[];
  /** In the syntax of {@link readLinearRegex}. */
  readonly $regex?: string;
  /** The length of a list: a number, or what is asked of it. */
  readonly $length?: number | QueryOperators;
}

/**
 * A condition of a routing config: `metadata.<key>`, `params.<field of the body>` or `url.pathname` with a value or
 * operators, and `$and` / `$or` with more of the same. Everything that stands in one object has to hold.
 */
export interface Query {
  readonly $and?: readonly Query[];
  readonly $or?: readonly Query[];
  readonly [place: string]: QueryValue | QueryOperators | readonly Query[] | undefined;
}

const deepestQuery = 8;
const mostParts = 256;

const comparisons = ["$gt", "$gte", "$lt", "$lte"];
const operators = ["$eq", "$ne", ...comparisons, "$in", "$nin", "$regex", "$length"];

/**
 * {@link Query}, checked by hand so that each mistake is named at its place.
 *
 * @see https://portkey.ai/docs/product/ai-gateway/conditional-routing
 */
export const querySchema: z.ZodType<Query> = z
  .record(z.string(), z.unknown(), { error: 'must be an object, such as { "metadata.plan": { "$eq": "paid" } }' })
  .superRefine((query, context) => {
    let parts = 0;
    const complain = (path: readonly PropertyKey[], message: string): void =>
      context.addIssue({ code: "custom", path: [...path], message });
    checkQuery(query, [], 1);

    function checkQuery(value: unknown, path: readonly PropertyKey[], depth: number): void {
      if (!isRecord(value)) return complain(path, "must be an object");
      if (depth > deepestQuery) return complain(path, `is nested deeper than ${deepestQuery} levels`);
      if (Object.keys(value).length === 0) return complain(path, "must ask for something");
      for (const [key, member] of Object.entries(value)) {
        if (++parts > mostParts) return complain(path, `has more than ${mostParts} parts`);
        const at = [...path, key];
        if (key === "$and" || key === "$or") {
          if (!Array.isArray(member) || member.length === 0) complain(at, "must be a list of conditions");
          else for (const [index, inner] of member.entries()) checkQuery(inner, [...at, index], depth + 1);
        } else if (key.startsWith("$")) complain(at, `is not known here; ${hint(key, ["$and", "$or"])}`);
        else if (!/^(?:metadata|params)\..|^url\.pathname$/.test(key))
          complain(at, 'is no place that a condition can look at; write "metadata.<key>", "params.<field>" or "url.pathname"');
        else if (isRecord(member)) checkOperators(member, at);
        else if (!isScalar(member)) complain(at, "must be a value or an object of operators");
      }
    }

    function checkOperators(value: Record<string, unknown>, path: readonly PropertyKey[], depth = 1): void {
      if (Object.keys(value).length === 0) complain(path, "must hold an operator");
      for (const [operator, operand] of Object.entries(value)) {
        if (++parts > mostParts) return complain(path, `has more than ${mostParts} parts`);
        const at = [...path, operator];
        if (!operators.includes(operator)) complain(at, `is no operator; ${hint(operator, operators)}`);
        else if (comparisons.includes(operator)) {
          if (typeof operand !== "number" && (typeof operand !== "string" || Number.isNaN(Number.parseFloat(operand))))
            complain(at, "must be a number");
        } else if (operator === "$in" || operator === "$nin") {
          if (!Array.isArray(operand) || !operand.every(isScalar)) complain(at, "must be a list of values");
        } else if (operator === "$regex") checkPattern(operand, at);
        else if (operator === "$length" && isRecord(operand)) {
          if (depth > 1) complain(at, "cannot stand in another $length");
          else checkOperators(operand, at, depth + 1);
        } else if (operator === "$length" ? typeof operand !== "number" : !isScalar(operand))
          complain(at, operator === "$length" ? "must be a number or an object of operators" : "must be a single value");
      }
    }

    function checkPattern(operand: unknown, at: readonly PropertyKey[]): void {
      if (typeof operand !== "string") return complain(at, "must be a pattern");
      const reading = readLinearRegex(operand);
      if (!reading.ok) complain(at, reading.problem);
    }
  })
  // Every value was looked at.
  .transform((query) => query as Query);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): value is QueryValue {
  return value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
