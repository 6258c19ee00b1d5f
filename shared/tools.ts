/** Where a tool is to find Postern, and as whom. */
export interface ToolTarget {
  /** `http://127.0.0.1:8787` */
  readonly origin: string;
  /** The tool's own local key. */
  readonly key: string;
  /** The alias or model that it is to use; null leaves it to the tool. */
  readonly model: string | null;
  /** Aliases that it may offer, for tools that want to be told. */
  readonly aliases: readonly string[];
  /** A folder of Postern's where files for this tool may lie. */
  readonly folder: string;
}

/** How a tool is started so that it calls Postern. Nothing of its own files is touched. */
export interface ToolStart {
  readonly environment: Readonly<Record<string, string>>;
  /** Variables that would lead past Postern. */
  readonly without?: readonly string[];
  /** What stands before the person's own arguments. */
  readonly arguments?: readonly string[];
  /** Files in {@link ToolTarget.folder}, by name. Never a key. */
  readonly files?: Readonly<Record<string, string>>;
}

/** One tool that Postern knows how to start. */
export interface Tool {
  readonly name: string;
  /** The program to look for. */
  readonly program: string;
  start(target: ToolTarget): ToolStart;
}

/** A variable for tools that are told the name of a key's variable, not the key. */
const keyVariable = "POSTERN_KEY";

/** Every tool that `postern run` starts. */
export const tools: readonly Tool[] = [
  {
    // https://code.claude.com/docs/en/llm-gateway: the base URL is without /v1; an API key beside the token is a conflict.
    name: "claude",
    program: "claude",
    start: ({ origin, key, model }) => ({
      environment: {
        ANTHROPIC_BASE_URL: origin,
        ANTHROPIC_AUTH_TOKEN: key,
        ANTHROPIC_API_KEY: "",
        ...(model !== null && {
          ANTHROPIC_MODEL: model,
          ANTHROPIC_DEFAULT_OPUS_MODEL: model,
          ANTHROPIC_DEFAULT_SONNET_MODEL: model,
          ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
          CLAUDE_CODE_SUBAGENT_MODEL: model,
        }),
      },
      without: [
        "CLAUDE_CODE_USE_BEDROCK",
        "CLAUDE_CODE_USE_VERTEX",
        "CLAUDE_CODE_USE_FOUNDRY",
        "CLAUDE_CODE_OAUTH_TOKEN",
        "ANTHROPIC_CUSTOM_HEADERS",
      ],
    }),
  },
  {
    // https://developers.openai.com/codex/config-advanced: "responses" is the only wire format; -c before a subcommand reaches it.
    name: "codex",
    program: "codex",
    start: ({ origin, key, model }) => ({
      environment: { [keyVariable]: key },
      arguments: [
        "-c",
        'model_provider="postern"',
        "-c",
        `model_providers.postern={name="Postern",base_url="${origin}/v1",wire_api="responses",env_key="${keyVariable}"}`,
        ...(model === null ? [] : ["-c", `model=${JSON.stringify(model)}`]),
      ],
    }),
  },
  {
    // https://opencode.ai/docs/providers: the variable holds a whole config, which is laid over the person's own.
    name: "opencode",
    program: "opencode",
    start: ({ origin, key, model, aliases }) => {
      const models = [...new Set([...(model === null ? [] : [model]), ...aliases])];
      const config = {
        provider: {
          postern: {
            npm: "@ai-sdk/openai-compatible",
            name: "Postern",
            options: { baseURL: `${origin}/v1`, apiKey: `{env:${keyVariable}}` },
            models: Object.fromEntries(models.map((name) => [name, { name }])),
          },
        },
        ...(model !== null && { model: `postern/${model}`, small_model: `postern/${model}` }),
      };
      return { environment: { OPENCODE_CONFIG_CONTENT: JSON.stringify(config), [keyVariable]: key } };
    },
  },
  {
    // https://aider.chat/docs/llms/openai-compat.html
    name: "aider",
    program: "aider",
    start: ({ origin, key, model }) => ({
      environment: {
        OPENAI_API_BASE: `${origin}/v1`,
        OPENAI_API_KEY: key,
        ...(model !== null && { AIDER_MODEL: `openai/${model}`, AIDER_WEAK_MODEL: `openai/${model}` }),
      },
      without: ["AIDER_OPENAI_API_BASE", "AIDER_OPENAI_API_KEY"],
    }),
  },
  {
    // https://github.com/google-gemini/gemini-cli/pull/25357: Gemini's own wire format; http is taken for this machine only.
    name: "gemini",
    program: "gemini",
    start: ({ origin, key, model }) => ({
      environment: { GOOGLE_GEMINI_BASE_URL: origin, GEMINI_API_KEY: key, ...(model !== null && { GEMINI_MODEL: model }) },
      without: ["GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_GENAI_USE_GCA", "GOOGLE_API_KEY"],
    }),
  },
  {
    // https://qwenlm.github.io/qwen-code-docs/en/users/configuration/auth
    name: "qwen",
    program: "qwen",
    start: ({ origin, key, model }) => ({
      environment: { OPENAI_BASE_URL: `${origin}/v1`, OPENAI_API_KEY: key, ...(model !== null && { OPENAI_MODEL: model }) },
    }),
  },
  {
    // https://block.github.io/goose/docs/guides/environment-variables: host and path are two variables.
    name: "goose",
    program: "goose",
    start: ({ origin, key, model }) => ({
      environment: {
        GOOSE_PROVIDER: "openai",
        OPENAI_HOST: origin,
        OPENAI_BASE_PATH: "v1/chat/completions",
        OPENAI_API_KEY: key,
        ...(model !== null && { GOOSE_MODEL: model }),
      },
      without: ["OPENAI_BASE_URL"],
    }),
  },
  {
    // https://docs.github.com/en/copilot/how-tos/copilot-cli/customize-copilot/use-byok-models: the model has to be named.
    name: "copilot",
    program: "copilot",
    start: ({ origin, key, model }) => ({
      environment: {
        COPILOT_PROVIDER_TYPE: "openai",
        COPILOT_PROVIDER_BASE_URL: `${origin}/v1`,
        COPILOT_PROVIDER_API_KEY: key,
        COPILOT_PROVIDER_WIRE_API: "responses",
        ...(model !== null && { COPILOT_MODEL: model }),
      },
      without: ["COPILOT_PROVIDER_BEARER_TOKEN", "COPILOT_PROVIDER_AZURE_API_VERSION"],
    }),
  },
  {
    // https://llm.datasette.io/en/stable/other-models.html: models of its own stand in a file of its user folder, so it gets
    // one of Postern's; its stored keys would go before the variable's, and are not in there.
    name: "llm",
    program: "llm",
    start: ({ origin, key, model, aliases, folder }) => {
      const models = [...new Set([...(model === null ? [] : [model]), ...aliases])];
      const lines = models.flatMap((name) => [
        `- model_id: ${JSON.stringify(name)}`,
        `  model_name: ${JSON.stringify(name)}`,
        `  api_base: ${JSON.stringify(`${origin}/v1`)}`,
        "  api_key_name: openai",
        "  supports_tools: true",
      ]);
      return {
        environment: {
          LLM_USER_PATH: folder,
          OPENAI_API_KEY: key,
          OPENAI_BASE_URL: `${origin}/v1`,
          ...(model !== null && { LLM_MODEL: model }),
        },
        files: { "extra-openai-models.yaml": `${lines.join("\n")}\n` },
      };
    },
  },
];
