import { PosternError } from "#shared/errors.ts";
import type { Quirks } from "#shared/schema/provider.ts";
import type {
  AssistantPart,
  ChatRequest,
  CustomTool,
  FunctionTool,
  HostedTool,
  Message,
  ReadEvent,
  ReasoningPart,
  Signature,
  Tool,
  ToolChoice,
  UserPart,
  WriteEvent,
} from "./chat.ts";
import type { Dialect } from "./dialect.ts";
import type { JsonObject } from "./json.ts";
import { hashOf, SafeNames } from "./safe-names.ts";
import { signatureMakers, unwrapSignature, wrapSignature } from "./signature-wrapping.ts";
import type { Memories, Thought } from "./scoped-memory.ts";

/** What a translation needs to know beside the two dialects. */
export interface TranslationCall {
  /** The name that the provider knows the model by. */
  readonly model: string;
  readonly stream: boolean;
  readonly quirks: Quirks;
  readonly memories: Memories;
  /** Whose memories these are. */
  readonly scope: string;
}

/** A request in the provider's dialect, and the way back for its answer. */
export interface Translation {
  readonly client: Dialect;
  readonly provider: Dialect;
  /** As the client asked for it. */
  readonly request: ChatRequest;
  readonly clientBody: JsonObject;
  readonly body: JsonObject;
  /** What the provider cannot be told, by its path in the client's body. */
  readonly dropped: readonly string[];
  /** Whether what was read means anything to this client. */
  concerns(event: ReadEvent): boolean;
  /** Makes an event of the answer fit the client: its own tool names, signatures that it can carry. */
  adapt(event: WriteEvent): WriteEvent;
}

/**
 * Turns a client's request into a provider's of another dialect.
 *
 * @throws {PosternError} `invalid_value` where the request is wrong, `cannot_translate` where the provider cannot be
 *   asked for this
 */
export function translateRequest(client: Dialect, provider: Dialect, clientBody: JsonObject, call: TranslationCall): Translation {
  const dropped = new Set<string>();
  const drop = (field: string): void => void dropped.add(field);
  const request = client.readRequest(clientBody, {
    model: call.model,
    stream: call.stream,
    drop,
    recall: (id) => call.memories.items.recall(call.scope, id),
  });
  const conversation = conversationOf(request.messages);
  const names = new SafeNames(provider.toolNames);
  const ids = new SafeNames(provider.callIds);
  const fitted: ChatRequest = {
    ...request,
    tools: request.tools.filter((tool) => isCallable(tool, request.toolChoice, drop)).map((tool) => fitTool(tool, names)),
    toolChoice: fitToolChoice(request, names, drop),
    messages: fitMessages(request.messages, { names, ids, maker: makerOf(provider, call), call, conversation }),
  };
  const body = provider.writeRequest(fitted, { quirks: call.quirks, drop });
  return {
    client,
    provider,
    request,
    clientBody,
    body,
    dropped: [...dropped],
    // Gemini signs its last words too, for itself alone; to others that would be a thought behind the answer.
    concerns: (event) =>
      provider.id !== "gemini-generate" || client.id === provider.id || event.type !== "signature" || event.signature.isRedacted !== true,
    adapt: openAdapter(client, provider, { names, call, conversation }),
  };
}

/** Whether a tool can be offered to another provider. A hosted one cannot: that is named, and refused where it was to be called in any case. */
function isCallable(tool: Tool, choice: ToolChoice | undefined, drop: (field: string) => void): tool is FunctionTool | CustomTool {
  if (tool.kind !== "hosted") return true;
  if (choice?.kind === "tool" && choice.name === tool.name) throw hostedToolForced(tool);
  drop(`tools.${tool.name}`);
  return false;
}

function hostedToolForced({ name }: HostedTool): PosternError {
  return new PosternError(
    "cannot_translate",
    `Cannot force the tool "${name.slice(0, 80)}": only the API that this call is written for runs it, and the chosen provider speaks another; choose a model of that API, or leave "tool_choice" out`,
    { param: "tool_choice" },
  );
}

function fitTool(tool: FunctionTool | CustomTool, names: SafeNames): FunctionTool {
  const name = names.safe(tool.name);
  if (tool.kind === "function") return tool.name === name ? tool : { ...tool, name };
  const { grammar } = tool;
  const rule = grammar === undefined ? "" : `\n\n"input" must follow this ${grammar.syntax} grammar:\n${grammar.definition}`;
  return {
    kind: "function",
    name,
    description: `${tool.description ?? ""}${rule}`.trim(),
    parameters: {
      type: "object",
      properties: { input: { type: "string", description: "The whole input of the tool, as plain text." } },
      required: ["input"],
      additionalProperties: false,
    },
  };
}

function fitToolChoice(request: ChatRequest, names: SafeNames, drop: (field: string) => void): ToolChoice | undefined {
  const { toolChoice: choice, tools } = request;
  if (choice === undefined) return undefined;
  const hosted = new Map(tools.flatMap((tool) => (tool.kind === "hosted" ? [[tool.name, tool] as const] : [])));
  if (tools.every((tool) => tool.kind === "hosted")) {
    const first = tools.find((tool) => tool.kind === "hosted");
    if (choice.kind === "required" && first !== undefined) throw hostedToolForced(first);
    if (choice.kind === "auto" || choice.kind === "none") return undefined;
  }
  if (choice.kind === "tool") {
    const tool = hosted.get(choice.name);
    if (tool !== undefined) throw hostedToolForced(tool);
    return { kind: "tool", name: names.safe(choice.name) };
  }
  if (choice.kind !== "allowed") return choice;
  const callable = choice.names.filter((name) => !hosted.has(name));
  for (const name of choice.names) if (hosted.has(name)) drop(`tool_choice.${name}`);
  const [onlyHosted] = hosted.values();
  if (callable.length === 0 && choice.required && onlyHosted !== undefined) throw hostedToolForced(onlyHosted);
  return callable.length === 0 ? { kind: "none" } : { ...choice, names: callable.map((name) => names.safe(name)) };
}

interface Fitting {
  readonly names: SafeNames;
  readonly ids: SafeNames;
  readonly maker: Maker;
  readonly call: TranslationCall;
  readonly conversation: string;
}

/** Whose signatures a provider takes: `any` where it passes on what others signed, as OpenRouter does. */
type Maker = Signature["maker"] | "any" | null;

function makerOf(provider: Dialect, { quirks }: TranslationCall): Maker {
  return quirks.carriesSignatures ? "any" : signatureMakers[provider.id];
}

/** Tells conversations apart by how they began: some providers' call ids are the same in each. */
function conversationOf(messages: readonly Message[]): string {
  const first = messages.find(({ role }) => role === "user");
  return hashOf(first === undefined ? "" : JSON.stringify(first.content.map((part) => (part.type === "text" ? part.text : part.type))));
}

function thoughtKey(conversation: string, name: string, callId: string): string {
  return `${conversation} ${name} ${callId}`;
}

function fitMessages(messages: readonly Message[], fitting: Fitting): readonly Message[] {
  return messages.map((message) => {
    if (message.role === "user") return { ...message, content: message.content.map((part) => fitUserPart(part, fitting)) };
    if (message.role === "assistant") return { ...message, content: fitAssistantParts(message.content, fitting) };
    return message;
  });
}

function fitUserPart(part: UserPart, { ids, names }: Fitting): UserPart {
  if (part.type !== "tool-result") return part;
  return { ...part, callId: ids.safe(part.callId), ...(part.name === undefined ? {} : { name: names.safe(part.name) }) };
}

function fitAssistantParts(parts: readonly AssistantPart[], fitting: Fitting): readonly AssistantPart[] {
  const { names, ids, maker, call } = fitting;
  const fitted: AssistantPart[] = [];
  let isSigned = false;
  for (const part of parts) {
    if (part.type === "reasoning") {
      const signature = fittingSignature(part.signature, maker);
      if (signature !== undefined) isSigned = true;
      // A thought that only its maker can read says nothing to another.
      if (signature !== undefined || part.text !== "") fitted.push({ type: "reasoning", text: part.text, signature });
      continue;
    }
    if (part.type !== "tool-call") {
      fitted.push(part);
      continue;
    }
    const thought = call.memories.thoughts.recall(call.scope, thoughtKey(fitting.conversation, part.name, part.id));
    if (!isSigned && thought !== undefined) {
      const remembered = thought.reasoning.filter(({ signature }) => maker === "any" || (signature?.maker ?? null) === maker);
      if (remembered.length > 0) {
        isSigned = true;
        // The client may have shown the same thought as text: it goes once, with its signature.
        const unsigned = fitted.findIndex(({ type }) => type === "reasoning");
        if (unsigned !== -1) fitted.splice(unsigned, 1);
        const at = unsigned === -1 ? placeOfThought(fitted) : unsigned;
        fitted.splice(at, 0, ...remembered);
      }
    }
    const signature = fittingSignature(part.signature ?? thought?.signature, maker);
    // Gemini's clients have no place for a thought that cannot be read but the call that followed it.
    const isThought = signature?.isRedacted === true && !isSigned;
    if (isThought) fitted.splice(placeOfThought(fitted), 0, { type: "reasoning", text: "", signature });
    const input = part.isCustom === true ? JSON.stringify({ input: part.arguments }) : part.arguments;
    fitted.push({
      type: "tool-call",
      id: ids.safe(part.id),
      name: names.safe(part.name),
      arguments: input === "" ? "{}" : input,
      signature: isThought || signature?.isRedacted === true ? undefined : signature,
      cache: part.cache,
    });
  }
  return fitted;
}

/** A thought stands before what followed from it: before the text that leads to a call, behind earlier calls. */
function placeOfThought(parts: readonly AssistantPart[]): number {
  return parts.findLastIndex(({ type }) => type === "tool-call") + 1;
}

function fittingSignature(signature: Signature | undefined, maker: Maker): Signature | undefined {
  const own = signature === undefined ? undefined : unwrapSignature(signature);
  return own !== undefined && (maker === "any" || own.maker === maker) && own.value !== "" ? own : undefined;
}

/** Makes the answer's events fit the client, and remembers the thoughts that it has no place for. */
function openAdapter(
  client: Dialect,
  provider: Dialect,
  { names, call, conversation }: Pick<Fitting, "names" | "call" | "conversation">,
): (event: WriteEvent) => WriteEvent {
  const { memories, scope, quirks } = call;
  const maker = signatureMakers[client.id];
  const foreign = makerOf(provider, call);
  // Such a provider wants its thoughts back though nothing signs them, and some clients hand back signed ones only.
  const wantsUnsigned = foreign === null && quirks.replaysReasoning;
  let reasoning: ReasoningPart[] = [];
  let text = "";
  const keep = (thought: Thought, name: string, callId: string): void => {
    if (thought.reasoning.length === 0 && thought.signature === undefined) return;
    memories.thoughts.remember(scope, thoughtKey(conversation, name, callId), thought);
  };
  return (event) => {
    switch (event.type) {
      case "reasoning":
        if (foreign !== null || wantsUnsigned) text += event.text;
        return event;
      case "signature": {
        reasoning.push({ type: "reasoning", text, signature: event.signature });
        text = "";
        return maker === null ? event : { type: "signature", signature: wrapSignature(event.signature, maker) };
      }
      case "tool-call": {
        if (wantsUnsigned && text !== "") reasoning.push({ type: "reasoning", text });
        const name = names.original(event.name);
        keep({ reasoning, signature: event.signature }, name, event.id);
        reasoning = [];
        text = "";
        const signature = event.signature === undefined || maker === null ? event.signature : wrapSignature(event.signature, maker);
        return name === event.name && signature === event.signature ? event : { ...event, name, signature };
      }
      default:
        return event;
    }
  };
}
