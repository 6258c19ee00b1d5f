import type { ChatRequest, FileSource, Message, Tool } from "#core/dialects/chat.ts";
import { openTextCounter, type TextCounter } from "./text-counter.ts";

/** Tokens around a message, for its role and its end. https://github.com/openai/openai-cookbook/blob/main/examples/How_to_count_tokens_with_tiktoken.ipynb */
const perMessage = 3;
/** The answer is begun with `<|start|>assistant<|message|>` (the same notebook). */
const perAnswer = 3;
/** Around a function, and at the end of all (the same notebook, for GPT-4o). */
const perTool = 7;
const perTools = 12;

/** https://platform.openai.com/docs/guides/images-vision: an image at `detail: low`. */
const perLowImage = 85;
/** Neither its size nor the model is known here. The most that Claude's (width x height / 750) and GPT-4o's tiles come to for what they scale down. */
const perImage = 1_600;
/** https://docs.claude.com/en/docs/build-with-claude/pdf-support: 1,500 to 3,000 for the text of a page. */
const perPage = 2_250;
/** What a page of text with some pictures takes in a PDF. */
const bytesPerPage = 50_000;
/** https://ai.google.dev/gemini-api/docs/tokens: 32 tokens a second of sound, 263 of pictures; at 16 and 125 kB a second. */
const audioBytesPerToken = 500;
const videoBytesPerToken = 475;
const bytesPerToken = 4;

/**
 * Estimates a request's input tokens, for a provider that cannot be asked. Text and tools are counted in OpenAI's tokens; of
 * files only a figure by their kind and size is known. Opaque signatures count nothing. Adding to a request never makes it less.
 *
 * Takes time by the length of the text, up to a bound, and lets other work go on.
 */
export async function estimateTokens(request: ChatRequest): Promise<number> {
  const text = await openTextCounter();
  let tokens = perAnswer;
  for (const message of request.messages) tokens += perMessage + (await countMessage(message, text));
  if (request.tools.length > 0) tokens += perTools;
  for (const tool of request.tools) {
    tokens += perTool;
    await addTool(tool, text);
  }
  if (request.outputFormat?.kind === "schema") await text.add(JSON.stringify(request.outputFormat.schema));
  return tokens + text.tokens;
}

type Part = Message["content"][number];

/** Adds the message's text to `text`. Returns the tokens of everything else in it. */
async function countMessage(message: Message, text: TextCounter): Promise<number> {
  let tokens = 0;
  await text.add(message.role);
  for (const part of message.content) tokens += await countPart(part, text);
  return tokens;
}

async function countPart(part: Part, text: TextCounter): Promise<number> {
  switch (part.type) {
    case "text":
    case "reasoning":
    case "refusal":
      await text.add(part.text);
      return 0;
    case "tool-call":
      await text.add(part.name);
      await text.add(part.arguments);
      return perMessage;
    case "tool-result": {
      let tokens = perMessage;
      for (const inner of part.content) tokens += await countPart(inner, text);
      return tokens;
    }
    case "image":
      return part.detail === "low" ? perLowImage : perImage;
    case "document":
      if (part.source.kind === "text") {
        await text.add(part.source.text);
        return 0;
      }
      return countDocument(part.source);
    case "audio":
      return Math.ceil(bytesOf(part.source) / audioBytesPerToken);
    case "video":
      return Math.ceil(bytesOf(part.source) / videoBytesPerToken);
  }
}

function countDocument(source: FileSource): number {
  const isText = source.mediaType?.startsWith("text/") === true && source.kind === "data";
  if (isText) return Math.ceil(bytesOf(source) / bytesPerToken);
  return Math.max(1, Math.ceil(bytesOf(source) / bytesPerPage)) * perPage;
}

/** The size of a file that came with the request; 0 for one that lies elsewhere. */
function bytesOf(source: FileSource): number {
  return source.kind === "data" ? Math.floor((source.data.length * 3) / 4) : 0;
}

async function addTool(tool: Tool, text: TextCounter): Promise<void> {
  await text.add(tool.name);
  if (tool.kind === "hosted") return;
  if (tool.description !== undefined) await text.add(tool.description);
  if (tool.kind === "function" && tool.parameters !== undefined) await text.add(JSON.stringify(tool.parameters));
  if (tool.kind === "custom" && tool.grammar !== undefined) await text.add(tool.grammar.definition);
}
