import Anthropic from "@anthropic-ai/sdk";
import { jsonSchemaOutputFormat } from "@anthropic-ai/sdk/helpers/json-schema";
import type { ForeignClient, Gateway, Said } from "./foreign-client.ts";

/** `@anthropic-ai/sdk`, with nothing changed but its base URL and its key; neither it nor Postern tries again. */
export function openAnthropic({ url, key }: Gateway): Anthropic {
  return new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0, defaultHeaders: { "x-portkey-retry": "0" } });
}

/** `messages` of `@anthropic-ai/sdk`. */
export const anthropicMessages: ForeignClient = {
  name: "@anthropic-ai/sdk",
  dialect: "anthropic-messages",
  showsThoughts: true,
  showsHeaders: true,
  explain(error) {
    const status = error instanceof Anthropic.APIError ? (error.status as number | undefined) : undefined;
    return {
      isOwn: error instanceof Anthropic.AnthropicError && fits(error, status),
      status,
      message: String(error),
      retryAfter: error instanceof Anthropic.APIError ? (error.headers as Headers | undefined)?.get("retry-after") : undefined,
    };
  },
  open(gateway, setup) {
    const client = openAnthropic(gateway);
    const history: Anthropic.MessageParam[] = [];
    const rest = {
      model: setup.model,
      max_tokens: 4_096,
      ...(setup.system === undefined ? {} : { system: setup.system }),
      ...(setup.thinks === true ? { thinking: { type: "enabled" as const, budget_tokens: 2_048 } } : {}),
      ...(setup.force === undefined ? {} : { tool_choice: { type: "tool" as const, name: setup.force } }),
      ...(setup.tools === undefined
        ? {}
        : {
            tools: setup.tools.map(({ name, description, parameters }) => ({
              name,
              description,
              input_schema: { ...parameters, required: [...parameters.required] },
            })),
          }),
      ...(setup.schema === undefined ? {} : { output_config: { format: jsonSchemaOutputFormat(setup.schema) } }),
    };
    return {
      async ask(turn, { signal, onPiece } = {}) {
        if ("results" in turn) {
          const content = turn.results.map(({ id, text }) => ({ type: "tool_result" as const, tool_use_id: id, content: text }));
          history.push({ role: "user", content });
        } else if (turn.image === undefined) history.push({ role: "user", content: turn.text });
        else {
          const source = { type: "base64" as const, media_type: turn.image.mediaType as "image/png", data: turn.image.data };
          history.push({
            role: "user",
            content: [
              { type: "image", source },
              { type: "text", text: turn.text },
            ],
          });
        }
        const options = signal === undefined ? {} : { signal };
        let message: Anthropic.Message & { parsed_output?: unknown };
        if (setup.stream) {
          const stream = client.messages.stream({ ...rest, messages: history }, options);
          stream.on("text", (delta) => onPiece?.(delta));
          message = await stream.finalMessage();
        } else {
          message = await client.messages.parse({ ...rest, messages: history }, options);
        }
        history.push({ role: "assistant", content: message.content as Anthropic.ContentBlockParam[] });
        return readMessage(message);
      },
    };
  },
};

function readMessage({
  content,
  stop_reason: reason,
  usage,
  parsed_output: parsed,
}: Anthropic.Message & { parsed_output?: unknown }): Said {
  return {
    text: content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join(""),
    thoughts: content.flatMap((block) => (block.type === "thinking" ? [block.thinking] : [])).join(""),
    calls: content.flatMap((block) => (block.type === "tool_use" ? [{ id: block.id, name: block.name, args: block.input }] : [])),
    parsed: parsed ?? null,
    reason: reason ?? undefined,
    usage: { input: usage.input_tokens, output: usage.output_tokens },
  };
}

/** Each status has a class of its own. */
function fits(error: unknown, status: number | undefined): boolean {
  if (status === 400) return error instanceof Anthropic.BadRequestError;
  if (status === 401) return error instanceof Anthropic.AuthenticationError;
  if (status === 429) return error instanceof Anthropic.RateLimitError;
  return true;
}
