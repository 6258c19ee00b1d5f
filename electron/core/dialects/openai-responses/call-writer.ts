import { parseJsonObject, type JsonObject } from "../json.ts";
import type { CallRoute } from "./call-routes.ts";
import { headOf, type EventLine, type Send } from "./event-line.ts";
import { openInputDecoder, type InputDecoder } from "./input-decoder.ts";

const functionDelta = "response.function_call_arguments.delta";
const customDelta = "response.custom_tool_call_input.delta";

/**
 * Writes a call of one of the client's tools, as the client declared it: a function, a custom tool whose input is the
 * one string of the function that stood for it, or a tool of a type of its own. The latter is told when it is whole.
 */
export class CallWriter {
  readonly kind = "call";
  readonly index: number;
  readonly #route: CallRoute;
  readonly #id: string;
  readonly #callId: string;
  readonly #line: EventLine;
  readonly #head: string;
  readonly #decoder: InputDecoder | null;
  #arguments = "";

  constructor(route: CallRoute, place: { readonly id: string; readonly callId: string; readonly index: number }, line: EventLine) {
    this.index = place.index;
    this.#route = route;
    this.#id = place.id;
    this.#callId = place.callId;
    this.#line = line;
    this.#decoder = route.kind === "custom" ? openInputDecoder() : null;
    this.#head = headOf(route.kind === "custom" ? customDelta : functionDelta, { item_id: place.id, output_index: place.index });
  }

  /** Whether the arguments end in the middle: no client may run that. */
  get isCutOff(): boolean {
    return parseJsonObject(this.#arguments) === null;
  }

  open(emit: Send): void {
    if (this.#route.kind === "client") return;
    this.#line.event("response.output_item.added", { output_index: this.index, item: this.item("in_progress") }, emit);
  }

  arguments(json: string, emit: Send): void {
    this.#arguments += json;
    if (this.#route.kind === "function") return this.#line.delta(functionDelta, this.#head, json, emit);
    const input = this.#decoder?.push(json) ?? "";
    if (input !== "") this.#line.delta(customDelta, this.#head, input, emit);
  }

  /** Ends the call and gives back its item. */
  close(emit: Send): JsonObject {
    const place = { item_id: this.#id, output_index: this.index };
    const item = this.item("completed");
    if (this.#route.kind === "client") {
      this.#line.event("response.output_item.added", { output_index: this.index, item: { ...item, status: "in_progress" } }, emit);
    } else if (this.#decoder === null) {
      const members = { ...place, name: this.#route.name, arguments: this.#arguments };
      this.#line.event("response.function_call_arguments.done", members, emit);
    } else {
      const input = this.#decoder.end();
      // Input that was not of the form that can be told in pieces is one piece.
      if (!this.#decoder.hasBegun && input !== "") this.#line.delta(customDelta, this.#head, input, emit);
      this.#line.event("response.custom_tool_call_input.done", { ...place, input }, emit);
    }
    return item;
  }

  /** The call's item; while it is in progress, without its arguments. */
  item(status: "in_progress" | "completed" | "incomplete"): JsonObject {
    const { name, namespace, tool } = this.#route;
    const shared = { id: this.#id, status, call_id: this.#callId };
    const text = status === "in_progress" ? "" : this.#arguments;
    if (this.#decoder !== null) {
      return { ...shared, type: "custom_tool_call", name, namespace, input: text === "" ? "" : this.#decoder.end() };
    }
    const input = tool === undefined ? null : parseJsonObject(text);
    const members = input === null ? null : (tool?.writeCall(input) ?? null);
    if (tool !== undefined && members !== null) return { ...shared, type: tool.callType, ...members };
    // Arguments that make no such call go back as they are, so that the client can say what is wrong with them.
    return { ...shared, type: "function_call", name, namespace, arguments: text };
  }
}
