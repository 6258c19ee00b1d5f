import type { Query, QueryOperators, QueryValue } from "#shared/schema/routing-query.ts";
import type { Say } from "../../../text/texts.ts";
import { readParameter, writeParameter } from "./text-value.ts";

/** The operators that the form can write, in the order in which it offers them. */
export const formOperators = ["$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$regex"] as const;

/** One of {@link formOperators}. */
export type FormOperator = (typeof formOperators)[number];

/** One comparison: `metadata.plan` `$eq` `paid`. */
export interface QueryPart {
  readonly place: string;
  readonly operator: FormOperator;
  readonly operand: unknown;
}

/** A condition as the form shows it: comparisons, of which all or any must hold. */
export interface FlatQuery {
  readonly joint: "all" | "any";
  readonly parts: readonly QueryPart[];
}

/** The condition as comparisons; null where it is nested deeper than the form shows. */
export function flattenQuery(query: Query): FlatQuery | null {
  const entries = Object.entries(query);
  const [first] = entries;
  if (entries.length === 1 && first !== undefined && (first[0] === "$or" || first[0] === "$and")) {
    const inner = (first[1] as readonly Query[]).map((one) => flattenQuery(one));
    const parts = inner.flatMap((one) => one?.parts ?? []);
    // What is joined inside must be one comparison, or joined the same way.
    const joint = first[0] === "$or" ? "any" : "all";
    return inner.every((one) => one !== null && (one.parts.length === 1 || one.joint === joint)) ? { joint, parts } : null;
  }
  const parts = entries.map(([place, asked]) => partsOf(place, asked));
  return parts.some((part) => part === null) ? null : { joint: "all", parts: parts.flatMap((part) => part ?? []) };
}

/** The comparisons as a condition. */
export function writeQuery({ joint, parts }: FlatQuery): Query {
  const single = (part: QueryPart): Query => ({ [part.place]: { [part.operator]: part.operand } as QueryOperators });
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return single(first);
  const inner = parts.map((part) => single(part));
  return joint === "any" ? { $or: inner } : { $and: inner };
}

function partsOf(place: string, asked: Query[string]): QueryPart[] | null {
  if (place.startsWith("$") || asked === undefined || Array.isArray(asked)) return null;
  if (typeof asked !== "object" || asked === null) return [{ place, operator: "$eq", operand: asked }];
  const parts = Object.entries(asked).map(([operator, operand]) => ({
    place,
    operator: operator as FormOperator,
    operand: operand as unknown,
  }));
  return parts.every(({ operator }) => formOperators.includes(operator)) ? parts : null;
}

/** An operand as the form's text. */
export function writeOperand({ operator, operand }: QueryPart): string {
  if (operator === "$in" || operator === "$nin") return Array.isArray(operand) ? operand.map((one) => writeParameter(one)).join(", ") : "";
  return operator === "$regex" ? String(operand) : writeParameter(operand);
}

/** What the form's text means to an operator. */
export function readOperand(operator: FormOperator, text: string): unknown {
  switch (operator) {
    case "$in":
    case "$nin":
      return text.split(",").flatMap((word) => (word.trim() === "" ? [] : [readScalar(word.trim())]));
    case "$regex":
      return text;
    default:
      return readScalar(text);
  }
}

function readScalar(text: string): QueryValue {
  const value = readParameter(text);
  return typeof value === "object" && value !== null ? text : (value as QueryValue);
}

/** A condition in plain words: "metadata plan is paid and …". */
export function sayQuery(query: Query, say: Say<"aliases">): string {
  const parts = Object.entries(query).map(([key, asked]) => {
    if (key === "$and" || key === "$or") {
      const inner = (asked as readonly Query[]).map((one) => sayQuery(one, say));
      const words = inner.join(` ${say(key === "$and" ? "and" : "or")} `);
      return inner.length > 1 && Object.keys(query).length > 1 ? `(${words})` : words;
    }
    if (typeof asked !== "object" || asked === null) return `${sayPlace(key, say)} ${say("operator-$eq")} ${write(asked)}`;
    return Object.entries(asked as QueryOperators)
      .map(([operator, operand]) => sayComparison(key, operator, operand, say))
      .join(` ${say("and")} `);
  });
  return parts.join(` ${say("and")} `);
}

function sayComparison(place: string, operator: string, operand: unknown, say: Say<"aliases">): string {
  const where = sayPlace(place, say);
  if (operator === "$length") return say("hasLength", { place: where, length: write(operand) });
  const words = formOperators.includes(operator as FormOperator) ? say(`operator-${operator as FormOperator}`) : operator;
  return `${where} ${words} ${Array.isArray(operand) ? operand.map((one) => write(one)).join(", ") : write(operand)}`;
}

function sayPlace(place: string, say: Say<"aliases">): string {
  if (place === "url.pathname") return say("placePath");
  const dot = place.indexOf(".");
  return say(place.startsWith("params.") ? "placeParamsNamed" : "placeMetadataNamed", { name: place.slice(dot + 1) });
}

function write(value: unknown): string {
  return typeof value === "string" ? `“${value}”` : JSON.stringify(value);
}
