import type { Attachment, ChatMessage, ChatParameters } from "#shared/schema/chat.ts";

/** Reads a file that a message came with. */
export type ReadAttachment = (attachment: Attachment) => Promise<Blob>;

type WirePart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image_url"; readonly image_url: { readonly url: string } }
  | { readonly type: "input_audio"; readonly input_audio: { readonly data: string; readonly format: string } }
  | { readonly type: "file"; readonly file: { readonly filename: string; readonly file_data: string } };

/** A message as `/v1/chat/completions` takes it. */
export interface WireMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string | readonly WirePart[];
}

const textTypes = /^text\/|^application\/(?:json|xml|yaml|x-yaml|toml|javascript|x-sh|sql)$|\+(?:json|xml)$/;
const textNames =
  /\.(?:txt|md|csv|tsv|json|jsonl|ya?ml|toml|xml|html?|css|[cm]?[jt]sx?|py|rb|go|rs|java|kt|swift|c|h|cc|cpp|hpp|cs|php|sh|bash|zsh|fish|ps1|sql|log|ini|cfg|conf|env|diff|patch|tex|vue|svelte)$/i;

/**
 * A path of a chat as the gateway takes it: the system prompt first, files inside the messages that they came with. What a model thought
 * and which tools it asked for stay here: without their signatures and results no provider takes them back.
 */
export async function toWireMessages(
  path: readonly ChatMessage[],
  { system, readAttachment }: { readonly system: string; readonly readAttachment: ReadAttachment },
): Promise<WireMessage[]> {
  const messages = await Promise.all(path.map((message) => toWire(message, readAttachment)));
  // An answer that never came would be refused by most providers.
  const said = messages.filter(({ content }) => (typeof content === "string" ? content.trim() !== "" : content.length > 0));
  return system.trim() === "" ? said : [{ role: "system", content: system }, ...said];
}

/** A chat's parameters in the names of the API; what is not set is not sent. */
export function toWireParameters(parameters: ChatParameters): Readonly<Record<string, unknown>> {
  const { temperature, topP, maxTokens, frequencyPenalty, presencePenalty, seed, stop, reasoningEffort } = parameters;
  const named = {
    temperature,
    top_p: topP,
    max_completion_tokens: maxTokens,
    frequency_penalty: frequencyPenalty,
    presence_penalty: presencePenalty,
    seed,
    stop: stop?.length === 0 ? undefined : stop,
    reasoning_effort: reasoningEffort,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

async function toWire(message: ChatMessage, readAttachment: ReadAttachment): Promise<WireMessage> {
  const parts: WirePart[] = [];
  for (const part of message.parts) {
    if (part.type === "text" && part.text !== "") parts.push({ type: "text", text: part.text });
    else if (part.type === "attachment") parts.push(await toWireFile(part, await readAttachment(part)));
  }
  const isPlain = parts.every((part) => part.type === "text");
  return { role: message.role, content: isPlain ? parts.map((part) => (part.type === "text" ? part.text : "")).join("\n\n") : parts };
}

async function toWireFile(attachment: Attachment, file: Blob): Promise<WirePart> {
  const { mediaType, name } = attachment;
  if (mediaType.startsWith("image/")) return { type: "image_url", image_url: { url: await dataUrl(file, mediaType) } };
  if (mediaType.startsWith("audio/")) {
    const url = await dataUrl(file, mediaType);
    return { type: "input_audio", input_audio: { data: url.slice(url.indexOf(",") + 1), format: /wav/.test(mediaType) ? "wav" : "mp3" } };
  }
  // Every model reads text; far fewer read files.
  if (textTypes.test(mediaType) || textNames.test(name)) return { type: "text", text: `${name}:\n\n${fenced(await file.text())}` };
  return { type: "file", file: { filename: name, file_data: await dataUrl(file, mediaType) } };
}

/** Between fences that are longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

async function dataUrl(file: Blob, mediaType: string): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  // A call with a million arguments overflows the stack.
  for (let start = 0; start < bytes.length; start += 32_768) binary += String.fromCharCode(...bytes.subarray(start, start + 32_768));
  return `data:${mediaType};base64,${btoa(binary)}`;
}
