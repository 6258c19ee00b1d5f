/** How a model lets its thinking be steered. */
export type ThinkingMode =
  /** it cannot think */
  | "none"
  /** `{"type":"enabled","budget_tokens":N}` */
  | "budget"
  /** `{"type":"adaptive"}`, and how much by `output_config.effort` */
  | "adaptive";

/** What a model takes in a request; what it does not take is answered with 400. */
export interface ModelTraits {
  /** The longest answer, in tokens. */
  readonly maxTokens: number;
  readonly thinking: ThinkingMode;
  /** What turns thinking off; null where nothing does. */
  readonly thinkingOff: "disabled" | "between_tools" | null;
  /** It thinks even where nobody asks for it. */
  readonly thinksByDefault: boolean;
  /** Thoughts come without their text unless `display` asks for a summary. */
  readonly hidesThoughts: boolean;
  /** The levels of `output_config.effort`; empty where the field is unknown. */
  readonly efforts: readonly Effort[];
  /** Whether temperature, top_p and top_k may be set; `one` takes either temperature or top_p. */
  readonly sampling: "all" | "one" | "none";
  /** Whether `tool_choice` may force a call. */
  readonly forcedTools: boolean;
  /** Whether `output_config.format` and strict tools are known. */
  readonly structuredOutput: boolean;
}

/** A level of `output_config.effort`. */
export type Effort = "low" | "medium" | "high" | "xhigh" | "max";

const namePattern = /claude-(?:([a-z]+)-)?(?:(\d{1,2})(?:[.-](\d{1,2}))?(?!\d))?/;

/**
 * What is known of a model by its name, in any of its spellings (`claude-sonnet-4-5-20250929`,
 * `anthropic/claude-sonnet-4.5`, `claude-3-7-sonnet-latest`). A Claude that is newer than this table is taken for one
 * of the newest kind; a model that is no Claude, behind a server that copies this API, is asked for nothing special.
 *
 * @see https://platform.claude.com/docs/en/about-claude/models/overview
 * @see https://platform.claude.com/docs/en/build-with-claude/thinking
 * @see https://platform.claude.com/docs/en/build-with-claude/effort
 */
export function traitsOf(model: string): ModelTraits {
  const match = namePattern.exec(model.toLowerCase());
  if (match === null) return copycat;
  const family = match[1] ?? "";
  const version = match[2] === undefined ? newest : Number(match[2]) * 100 + Number(match[3] ?? 0);
  if (version < 307) return { ...oldest, maxTokens: version === 305 ? 8_192 : 4_096 };
  if (version < 407) return ofFourthGeneration(family, version);
  const isAlwaysOn = family === "fable" || family === "mythos" || (family === "opus" && version >= 505);
  return {
    maxTokens: 128_000,
    thinking: "adaptive",
    thinkingOff: isAlwaysOn ? null : family === "sonnet" && version >= 505 ? "between_tools" : "disabled",
    thinksByDefault: version >= 500,
    hidesThoughts: true,
    efforts: ["low", "medium", "high", "xhigh", "max"],
    sampling: "none",
    forcedTools: !refusesForcedTools(family, version),
    structuredOutput: true,
  };
}

const newest = 500;

/** https://platform.claude.com/docs/en/models/opus-5-5/migration-guide */
function refusesForcedTools(family: string, version: number): boolean {
  if (family === "fable" || family === "mythos") return version >= 501;
  return (family === "opus" || family === "sonnet") && version >= 505;
}

/** Claude 3.7 to 4.6. */
function ofFourthGeneration(family: string, version: number): ModelTraits {
  const isAdaptive = version >= 406;
  return {
    maxTokens: isAdaptive ? 128_000 : family === "opus" && version < 405 ? 32_000 : 64_000,
    thinking: isAdaptive ? "adaptive" : "budget",
    thinkingOff: "disabled",
    thinksByDefault: false,
    hidesThoughts: false,
    efforts: isAdaptive ? ["low", "medium", "high", "max"] : family === "opus" && version === 405 ? ["low", "medium", "high"] : [],
    sampling: version >= 401 ? "one" : "all",
    forcedTools: true,
    structuredOutput: version >= 405 || (family === "opus" && version === 401),
  };
}

const oldest: ModelTraits = {
  maxTokens: 4_096,
  thinking: "none",
  thinkingOff: "disabled",
  thinksByDefault: false,
  hidesThoughts: false,
  efforts: [],
  sampling: "all",
  forcedTools: true,
  structuredOutput: false,
};

/** DeepSeek, Kimi, GLM, MiniMax and others offer their models in this API, with the request of Claude 4. */
const copycat: ModelTraits = { ...oldest, maxTokens: 8_192, thinking: "budget" };
