import { type AIMessage, type AIMessageChunk, type BaseMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import { type Explained, type ForeignClient, must, type Said } from "./foreign-client.ts";

/** `ChatOpenAI` of `@langchain/openai`, over both of OpenAI's APIs. */
export const langchainClients: readonly ForeignClient[] = [false, true].map((useResponsesApi): ForeignClient => ({
  name: `@langchain/openai, ${useResponsesApi ? "responses" : "chat completions"}`,
  dialect: useResponsesApi ? "openai-responses" : "openai-chat",
  showsThoughts: true,
  showsHeaders: true,
  explain,
  open(gateway, setup) {
    const model = new ChatOpenAI({
      model: setup.model,
      apiKey: gateway.key,
      maxRetries: 0,
      maxTokens: 4_096,
      useResponsesApi,
      streamUsage: true,
      configuration: { baseURL: `${gateway.url}/v1`, defaultHeaders: { "x-portkey-retry": "0" } },
      ...(useResponsesApi ? { zdrEnabled: true } : {}),
      ...(setup.thinks === true ? { reasoning: { effort: "low" as const, summary: "auto" as const } } : {}),
    });
    const options = {
      ...(setup.tools === undefined
        ? {}
        : {
            tools: setup.tools.map(({ name, description, parameters }) => ({
              type: "function" as const,
              function: { name, description, parameters: { ...parameters } },
            })),
          }),
      ...(setup.force === undefined ? {} : { tool_choice: setup.force }),
    };
    const reporter =
      setup.schema === undefined
        ? null
        : model.withStructuredOutput<Record<string, unknown>>(
            { ...setup.schema },
            { name: "weather", method: "jsonSchema", includeRaw: true },
          );
    const history: BaseMessage[] = setup.system === undefined ? [] : [new SystemMessage(setup.system)];
    return {
      async ask(turn, { signal, onPiece } = {}) {
        if ("results" in turn) {
          for (const { id, name, text } of turn.results) history.push(new ToolMessage({ tool_call_id: id, name, content: text }));
        } else if (turn.image === undefined) history.push(new HumanMessage(turn.text));
        else {
          const url = `data:${turn.image.mediaType};base64,${turn.image.data}`;
          history.push(
            new HumanMessage({
              content: [
                { type: "text", text: turn.text },
                { type: "image_url", image_url: { url } },
              ],
            }),
          );
        }
        const call = { ...options, ...(signal === undefined ? {} : { signal }) };
        let message: AIMessage | AIMessageChunk;
        let parsed: unknown = null;
        if (reporter !== null) {
          let raw: BaseMessage | undefined;
          // Each piece holds one of the two, the parsed object as far as it has come.
          const pieces = setup.stream ? await reporter.stream(history, call) : [await reporter.invoke(history, call)];
          for await (const piece of pieces) {
            if ("raw" in piece) raw = raw === undefined ? piece.raw : (raw as AIMessageChunk).concat(piece.raw as AIMessageChunk);
            if ("parsed" in piece) parsed = piece.parsed;
          }
          message = must(raw, "message") as AIMessage;
        } else if (setup.stream) {
          let whole: AIMessageChunk | undefined;
          for await (const chunk of await model.stream(history, call)) {
            if (chunk.text !== "") onPiece?.(chunk.text);
            whole = whole === undefined ? chunk : whole.concat(chunk);
          }
          message = must(whole, "chunk");
        } else {
          message = await model.invoke(history, call);
        }
        history.push(message);
        return readMessage(message, parsed);
      },
    };
  },
}));

function readMessage(message: AIMessage | AIMessageChunk, parsed: unknown): Said {
  const { additional_kwargs: extra, response_metadata: metadata } = message;
  const usage = message.usage_metadata as { readonly input_tokens: number; readonly output_tokens: number } | undefined;
  const summary = (extra["reasoning"] as { summary?: readonly { text: string }[] } | undefined)?.summary ?? [];
  const thoughts = (extra["reasoning_content"] as string | undefined) ?? summary.map(({ text }) => text).join("");
  return {
    text: message.text,
    thoughts,
    calls: (message.tool_calls ?? []).map(({ id, name, args }) => ({ id: must(id, "id of a call"), name, args })),
    parsed,
    reason: (metadata["finish_reason"] ?? metadata["status"]) as string | undefined,
    usage: { input: usage?.input_tokens, output: usage?.output_tokens },
  };
}

/** It throws the errors of an `openai` package of its own, which only their names tell. */
function explain(error: unknown): Explained {
  if (!(error instanceof Error)) return { isOwn: false, status: undefined, message: String(error), retryAfter: null };
  const { status, headers } = error as { readonly status?: number; readonly headers?: Headers };
  const wanted = status === undefined ? "APIError" : (errorNames[status] ?? (status < 500 ? "APIError" : "InternalServerError"));
  return { isOwn: error.constructor.name === wanted, status, message: String(error), retryAfter: headers?.get("retry-after") };
}

const errorNames: Readonly<Record<number, string>> = { 400: "BadRequestError", 401: "AuthenticationError", 429: "RateLimitError" };
