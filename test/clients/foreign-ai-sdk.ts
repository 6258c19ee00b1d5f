import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import {
  AISDKError,
  APICallError,
  generateText,
  type JSONSchema7,
  jsonSchema,
  type LanguageModel,
  type ModelMessage,
  Output,
  streamText,
  tool,
  type ToolSet,
} from "ai";
import type { DialectId } from "#shared/schema/provider.ts";
import type { ForeignClient, Gateway, Said, Setup } from "./foreign-client.ts";

type ProviderOptions = NonNullable<Parameters<typeof generateText>[0]["providerOptions"]>;

interface AiSdkProvider {
  readonly name: string;
  readonly dialect: DialectId;
  readonly showsThoughts: boolean;
  readonly model: (gateway: Gateway, model: string) => LanguageModel;
  /** How its models are told to think. */
  readonly thinking: ProviderOptions;
  /** What makes it send a JSON schema as such to a model that it does not know. */
  readonly schemaMode?: ProviderOptions;
}

const headers = { "x-portkey-retry": "0" };

const providers: readonly AiSdkProvider[] = [
  {
    name: "@ai-sdk/openai, responses",
    dialect: "openai-responses",
    showsThoughts: true,
    model: ({ url, key }, model) => createOpenAI({ baseURL: `${url}/v1`, apiKey: key, headers }).responses(model),
    thinking: {
      openai: {
        reasoningEffort: "low",
        reasoningSummary: "auto",
        store: false,
        include: ["reasoning.encrypted_content"],
        forceReasoning: true,
      },
    },
  },
  {
    name: "@ai-sdk/openai, chat",
    dialect: "openai-chat",
    showsThoughts: false,
    model: ({ url, key }, model) => createOpenAI({ baseURL: `${url}/v1`, apiKey: key, headers }).chat(model),
    thinking: { openai: { reasoningEffort: "low", forceReasoning: true } },
  },
  {
    name: "@ai-sdk/openai-compatible",
    dialect: "openai-chat",
    showsThoughts: true,
    model: ({ url, key }, model) =>
      createOpenAICompatible({
        name: "postern",
        baseURL: `${url}/v1`,
        apiKey: key,
        headers,
        includeUsage: true,
        supportsStructuredOutputs: true,
      })(model),
    thinking: { postern: { reasoningEffort: "low" } },
  },
  {
    name: "@ai-sdk/anthropic",
    dialect: "anthropic-messages",
    showsThoughts: true,
    model: ({ url, key }, model) => createAnthropic({ baseURL: `${url}/v1`, apiKey: key, headers })(model),
    thinking: { anthropic: { thinking: { type: "enabled", budgetTokens: 2_048 } } },
    schemaMode: { anthropic: { structuredOutputMode: "outputFormat" } },
  },
  {
    name: "@ai-sdk/google",
    dialect: "gemini-generate",
    showsThoughts: true,
    // A name with a slash in it is a whole path to this one: https://ai-sdk.dev/providers/ai-sdk-providers/google-generative-ai
    model: ({ url, key }, model) => createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey: key, headers })(`models/${model}`),
    thinking: { google: { thinkingConfig: { includeThoughts: true, thinkingBudget: 2_048 } } },
  },
];

/** The AI SDK with each of its providers. */
export const aiSdkClients: readonly ForeignClient[] = providers.map((provider) => ({
  name: provider.name,
  dialect: provider.dialect,
  showsThoughts: provider.showsThoughts,
  showsHeaders: true,
  explain(error) {
    const isCall = APICallError.isInstance(error);
    return {
      isOwn: isCall || AISDKError.isInstance(error),
      status: isCall ? error.statusCode : undefined,
      message: error instanceof Error ? String(error) : JSON.stringify(error),
      retryAfter: isCall ? error.responseHeaders?.["retry-after"] : undefined,
    };
  },
  open(gateway, setup) {
    const history: ModelMessage[] = [];
    const call = {
      model: provider.model(gateway, setup.model),
      maxRetries: 0,
      maxOutputTokens: 4_096,
      ...(setup.system === undefined ? {} : { system: setup.system }),
      ...(setup.thinks === true ? { providerOptions: provider.thinking } : {}),
      ...(setup.schema === undefined || provider.schemaMode === undefined ? {} : { providerOptions: provider.schemaMode }),
      ...(setup.tools === undefined ? {} : { tools: toTools(setup.tools) }),
      ...(setup.force === undefined ? {} : { toolChoice: { type: "tool" as const, toolName: setup.force } }),
      ...(setup.schema === undefined
        ? {}
        : { output: Output.object({ schema: jsonSchema<unknown>(setup.schema as unknown as JSONSchema7), name: "weather" }) }),
    };
    return {
      async ask(turn, { signal, onPiece } = {}): Promise<Said> {
        history.push(toMessage(turn));
        const options = { ...call, messages: history, ...(signal === undefined ? {} : { abortSignal: signal }) };
        if (!setup.stream) {
          const result = await generateText(options);
          history.push(...result.response.messages);
          return toSaid(result, setup.schema === undefined ? null : result.output);
        }
        // Without it, errors are printed; they come in the stream as well.
        const result = streamText({ ...options, onError: () => {} });
        for await (const part of result.fullStream) {
          if (part.type === "text-delta") onPiece?.(part.text);
          if (part.type === "error") throw part.error;
          if (part.type === "abort") throw new DOMException("The call was aborted", "AbortError");
        }
        history.push(...(await result.response).messages);
        const whole = {
          text: await result.text,
          reasoningText: await result.reasoningText,
          toolCalls: await result.toolCalls,
          finishReason: await result.finishReason,
          usage: await result.usage,
        };
        return toSaid(whole, setup.schema === undefined ? null : await result.output);
      },
    };
  },
}));

function toTools(tools: NonNullable<Setup["tools"]>): ToolSet {
  return Object.fromEntries(
    tools.map(({ name, description, parameters }) => [
      name,
      tool({ description, inputSchema: jsonSchema<unknown>(parameters as unknown as JSONSchema7) }),
    ]),
  );
}

function toMessage(turn: Parameters<ReturnType<ForeignClient["open"]>["ask"]>[0]): ModelMessage {
  if ("results" in turn) {
    return {
      role: "tool",
      content: turn.results.map(({ id, name, text }) => ({
        type: "tool-result",
        toolCallId: id,
        toolName: name,
        output: { type: "text", value: text },
      })),
    };
  }
  if (turn.image === undefined) return { role: "user", content: turn.text };
  return {
    role: "user",
    content: [
      { type: "text", text: turn.text },
      { type: "image", image: turn.image.data, mediaType: turn.image.mediaType },
    ],
  };
}

function toSaid(
  result: {
    readonly text: string;
    readonly reasoningText: string | undefined;
    readonly toolCalls: readonly { readonly toolCallId: string; readonly toolName: string; readonly input: unknown }[];
    readonly finishReason: string;
    readonly usage: { readonly inputTokens: number | undefined; readonly outputTokens: number | undefined };
  },
  parsed: unknown,
): Said {
  return {
    text: result.text,
    thoughts: result.reasoningText ?? "",
    calls: result.toolCalls.map(({ toolCallId: id, toolName: name, input: args }) => ({ id, name, args })),
    parsed,
    reason: result.finishReason,
    usage: { input: result.usage.inputTokens, output: result.usage.outputTokens },
  };
}
