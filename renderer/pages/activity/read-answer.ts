/**
 * Reads what a model said out of an answer, whole or streamed, in any of the wire formats that tools speak. For people's
 * eyes: what it does not know is left out.
 *
 * @returns null where the answer is none of these, or says no text
 */
export function readAnswer(body: string): string | null {
  const whole = parse(body);
  if (whole !== null) return textOr(Array.isArray(whole) ? whole.map(pieceOf).join("") : wholeOf(whole));
  const pieces: string[] = [];
  for (const line of body.split("\n")) {
    if (!line.startsWith("data:")) continue;
    const frame = parse(line.slice("data:".length));
    if (frame !== null) pieces.push(pieceOf(frame));
  }
  return textOr(pieces.join(""));
}

type Json = Readonly<Record<string, unknown>>;

function wholeOf(answer: unknown): string {
  const of = asObject(answer);
  const choice = asObject(asArray(of["choices"])[0]);
  const message = asObject(choice["message"]);
  if (typeof message["content"] === "string") return message["content"];
  if (typeof choice["text"] === "string") return choice["text"];
  // Anthropic: content; OpenAI's responses: output, with content inside.
  const parts = asArray(of["content"]).concat(asArray(of["output"]).flatMap((item) => asArray(asObject(item)["content"])));
  const text = parts.map((part) => asText(asObject(part)["text"])).join("");
  return text === "" ? geminiText(of) : text;
}

function pieceOf(frame: unknown): string {
  const of = asObject(frame);
  const choice = asObject(asArray(of["choices"])[0]);
  const delta = asObject(choice["delta"]);
  if (typeof delta["content"] === "string") return delta["content"];
  if (typeof choice["text"] === "string") return choice["text"];
  if (of["type"] === "response.output_text.delta") return asText(of["delta"]);
  if (of["type"] === "content_block_delta") return asText(asObject(of["delta"])["text"]);
  return geminiText(of);
}

function geminiText(answer: Json): string {
  const content = asObject(asObject(asArray(answer["candidates"])[0])["content"]);
  return asArray(content["parts"])
    .map((part) => asText(asObject(part)["text"]))
    .join("");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function asObject(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function textOr(text: string): string | null {
  return text === "" ? null : text;
}
