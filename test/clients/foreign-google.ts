import { ApiError, type Content, GoogleGenAI, type GenerateContentConfig, type GenerateContentResponse, type Part } from "@google/genai";
import { type ForeignClient, type Gateway, must, type Said } from "./foreign-client.ts";

/** `@google/genai`, with nothing changed but its base URL and its key; neither it nor Postern tries again. */
export function openGoogle({ url, key }: Gateway): GoogleGenAI {
  return new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url, headers: { "x-portkey-retry": "0" } } });
}

/** `models.generateContent` of `@google/genai`. */
export const googleGenerate: ForeignClient = {
  name: "@google/genai",
  dialect: "gemini-generate",
  showsThoughts: true,
  showsHeaders: false,
  explain(error) {
    const isOwn = error instanceof ApiError;
    return { isOwn, status: isOwn ? error.status : undefined, message: String(error), retryAfter: null };
  },
  open(gateway, setup) {
    const client = openGoogle(gateway);
    const contents: Content[] = [];
    const config: GenerateContentConfig = {
      maxOutputTokens: 4_096,
      ...(setup.system === undefined ? {} : { systemInstruction: setup.system }),
      ...(setup.thinks === true ? { thinkingConfig: { includeThoughts: true, thinkingBudget: 2_048 } } : {}),
      ...(setup.tools === undefined
        ? {}
        : {
            tools: [
              {
                functionDeclarations: setup.tools.map(({ name, description, parameters }) => ({
                  name,
                  description,
                  parametersJsonSchema: parameters,
                })),
              },
            ],
          }),
      ...(setup.force === undefined
        ? {}
        : { toolConfig: { functionCallingConfig: { mode: "ANY" as never, allowedFunctionNames: [setup.force] } } }),
      ...(setup.schema === undefined ? {} : { responseMimeType: "application/json", responseJsonSchema: setup.schema }),
    };
    return {
      async ask(turn, { signal, onPiece } = {}) {
        contents.push({ role: "user", parts: writeParts(turn) });
        const call = { model: setup.model, contents, config: { ...config, ...(signal === undefined ? {} : { abortSignal: signal }) } };
        const parts: Part[] = [];
        let last: GenerateContentResponse | undefined;
        if (setup.stream) {
          for await (const chunk of await client.models.generateContentStream(call)) {
            parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
            const text = chunk.candidates?.[0]?.content?.parts?.find((part) => part.thought !== true)?.text;
            if (text !== undefined && text !== "") onPiece?.(text);
            last = chunk;
          }
        } else {
          last = await client.models.generateContent(call);
          parts.push(...(last.candidates?.[0]?.content?.parts ?? []));
        }
        contents.push({ role: "model", parts });
        return readParts(parts, must(last, "response"), setup.schema !== undefined);
      },
    };
  },
};

function writeParts(turn: Parameters<ReturnType<ForeignClient["open"]>["ask"]>[0]): Part[] {
  if ("results" in turn) {
    return turn.results.map(({ id, name, text }) => ({ functionResponse: { id, name, response: { output: text } } }));
  }
  const text: Part = { text: turn.text };
  return turn.image === undefined ? [text] : [{ inlineData: { mimeType: turn.image.mediaType, data: turn.image.data } }, text];
}

function readParts(parts: readonly Part[], last: GenerateContentResponse, isJson: boolean): Said {
  const text = parts.flatMap((part) => (part.thought === true || part.text === undefined ? [] : [part.text])).join("");
  return {
    text,
    thoughts: parts.flatMap((part) => (part.thought === true ? [part.text ?? ""] : [])).join(""),
    calls: parts.flatMap(({ functionCall: call }) =>
      call === undefined ? [] : [{ id: must(call.id, "id of a call"), name: must(call.name, "name of a call"), args: call.args ?? {} }],
    ),
    parsed: isJson ? (JSON.parse(text) as unknown) : null,
    reason: last.candidates?.[0]?.finishReason,
    usage: {
      input: last.usageMetadata?.promptTokenCount,
      output: sum(last.usageMetadata?.candidatesTokenCount, last.usageMetadata?.thoughtsTokenCount),
    },
  };
}

function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined ? other : one + (other ?? 0);
}
