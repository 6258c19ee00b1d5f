/** What of Converse a model takes. Bedrock refuses what a model does not know, and only the model's id tells which that is. */
export interface Traits {
  /** How it is told to think: by a budget or its own judgement (Claude), by Nova 2's `reasoningConfig`, by gpt-oss's `reasoning_effort`. */
  readonly thinking: "none" | "budget" | "adaptive" | "nova" | "effort";
  /** Whether thinking can be turned off. */
  readonly mayNotThink: boolean;
  /** Claude's rules hold: signed thoughts come back, no forced tool beside thinking, no blank at the end. */
  readonly isClaude: boolean;
  /** Which of temperature and top_p it takes. */
  readonly sampling: "both" | "either" | "none";
  /** Where `top_k` goes. */
  readonly topK: "top_k" | "inferenceConfig" | "none";
  /** Where a `cachePoint` may stand. */
  readonly caching: "anywhere" | "messages" | "nowhere";
  /** Whether it holds answers and tool inputs to a schema. */
  readonly structured: boolean;
  /** Which efforts `outputConfig.effort` takes beyond high. */
  readonly highestEffort: "high" | "max";
}

const plain: Traits = {
  thinking: "none",
  mayNotThink: true,
  isClaude: false,
  sampling: "both",
  topK: "none",
  caching: "nowhere",
  structured: false,
  highestEffort: "high",
};

/**
 * Reads a model's id, an inference profile's (`us.anthropic.claude-...`) or an ARN that holds one. An ARN that names no
 * model (an application inference profile, a provisioned one) gets what the client asks for where that may be right.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
 */
export function traitsOf(model: string): Traits {
  if (model.includes("claude")) return claudeTraits(claudeVersion(model), !/fable|mythos/.test(model));
  if (model.includes("amazon.nova"))
    return { ...plain, thinking: model.includes("nova-2") ? "nova" : "none", topK: "inferenceConfig", caching: "messages" };
  if (model.includes("gpt-oss")) return { ...plain, thinking: "effort", mayNotThink: false, structured: true };
  if (/:(?:application-inference-profile|provisioned-model|custom-model-deployment|imported-model|default-prompt-router)\//.test(model))
    return { ...plain, isClaude: true, caching: "anywhere", structured: true };
  return { ...plain, structured: !/(?:^|[./])(?:amazon|meta|ai21|cohere|writer)\./.test(model) };
}

function claudeTraits(version: number, mayNotThink: boolean): Traits {
  return {
    thinking: version < 307 ? "none" : version < 406 ? "budget" : "adaptive",
    mayNotThink,
    isClaude: true,
    // From Opus 4.1 on only one of the two may be given, from Opus 4.7 on neither.
    sampling: version < 401 ? "both" : version < 407 ? "either" : "none",
    topK: version < 407 ? "top_k" : "none",
    caching: "anywhere",
    structured: version >= 405,
    highestEffort: version < 407 ? "high" : "max",
  };
}

/** 305 of `claude-3-5-sonnet-20241022`, 400 of `claude-sonnet-4-20250514`, 406 of `claude-opus-4-6-v1`; infinite for a name without a number, which is a new one. */
function claudeVersion(model: string): number {
  if (/claude-(?:v\d|instant)/.test(model)) return 200;
  const match = /claude-(?:[a-z]+-)?(\d{1,2})(?:-(\d{1,2}))?(?!\d)/.exec(model);
  return match === null ? Number.POSITIVE_INFINITY : Number(match[1]) * 100 + Number(match[2] ?? 0);
}
