type Fields = Readonly<Record<string, unknown>>;

/** What a field does that a limited key must not do by the way; null where the value asks for nothing. */
type Effect = (value: unknown) => string | null;

const isAsked = (value: unknown): boolean => value !== null && value !== undefined && value !== false;
const routes: Effect = (value) => (isAsked(value) ? "it can lead the call elsewhere" : null);
const costs: Effect = (value) => (isAsked(value) ? "it changes what the call costs" : null);
const reaches: Effect = (value) => (isAsked(value) ? "it reaches what other calls have stored" : null);
const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Body fields that change where a call goes, what it costs or what it reaches.
 *
 * @see https://openrouter.ai/docs/api-reference/chat-completion `models`, `route`, `provider`, `plugins`, `preset`
 * @see https://platform.openai.com/docs/api-reference/responses/create `background`, `store`, `service_tier`, `prompt`
 * @see https://platform.claude.com/docs/en/api/messages `mcp_servers`, `container`
 * @see https://ai.google.dev/api/generate-content `cachedContent`
 */
const effects: Readonly<Record<string, Effect>> = {
  models: routes,
  route: routes,
  fallbacks: routes,
  fallback: routes,
  preset: routes,
  engine: routes,
  deployment_id: routes,
  api_base: routes,
  base_url: routes,
  // Where it is a text it names the provider, and that is checked as one.
  provider: (value) => (isObject(value) ? routes(value) : null),
  // In the older API it is the text itself; an object names a stored prompt, which may bring a model of its own.
  prompt: (value) => (isObject(value) ? routes(value) : null),
  plugins: costs,
  web_search_options: costs,
  background: costs,
  service_tier: (value) => (value === "default" || value === "auto" || value === "standard_only" ? null : costs(value)),
  speed: (value) => (value === "standard" ? null : costs(value)),
  store: reaches,
  previous_response_id: reaches,
  conversation: reaches,
  cachedContent: reaches,
  cached_content: reaches,
  container: reaches,
  mcp_servers: costs,
  tools: hostedTools,
};

/** A tool that the provider runs itself, which is paid for beside the tokens. */
function hostedTools(value: unknown): string | null {
  if (!Array.isArray(value)) return null;
  return value.every(isOwnTool) ? null : "one of them is run by the provider, which is paid for beside the tokens";
}

/** Whether the client runs a tool: a function or custom tool of OpenAI's, one of Anthropic's without a type, Gemini's declarations. */
function isOwnTool(tool: unknown): boolean {
  if (!isObject(tool)) return true;
  const { type } = tool;
  if (type === undefined) return Object.keys(tool).every((key) => ownToolKeys.has(key));
  if (type === "function" || type === "custom" || type === "local_shell") return true;
  if (type === "namespace") return !Array.isArray(tool["tools"]) || tool["tools"].every(isOwnTool);
  // Anthropic's that the client runs: bash_20250124, text_editor_20250728, computer_20250124, memory_20250818.
  return typeof type === "string" && /^(?:bash|text_editor|computer|memory)_\d{8}$/.test(type);
}

const ownToolKeys = new Set([
  "name",
  "description",
  "input_schema",
  "cache_control",
  "strict",
  "defer_loading",
  "allowed_callers",
  "input_examples",
  "eager_input_streaming",
  "functionDeclarations",
  "function_declarations",
]);

/**
 * The first field that a limited key must not send.
 *
 * @param allowed fields that the grant names
 */
export function findGuardedField(fields: Fields, allowed: readonly string[]): { readonly name: string; readonly why: string } | null {
  for (const [name, value] of Object.entries(fields)) {
    if (allowed.includes(name)) continue;
    const effect = Object.hasOwn(effects, name) ? effects[name] : name.startsWith("extra_") ? routes : undefined;
    const why = effect?.(value) ?? null;
    if (why !== null) return { name, why };
  }
  return null;
}

/** How much output a body asks for: tokens an answer, null where it does not say, and how many answers. */
export function askedOutput(fields: Fields): { readonly tokens: number | null; readonly answers: number } {
  const generation = isObject(fields["generationConfig"]) ? fields["generationConfig"] : {};
  const given = [
    fields["max_completion_tokens"],
    fields["max_output_tokens"],
    fields["max_tokens"],
    generation["maxOutputTokens"],
    generation["max_output_tokens"],
  ].filter(isCount);
  const answers = [fields["n"], fields["best_of"], generation["candidateCount"], generation["candidate_count"]].filter(isCount);
  // Of several limits nobody knows which one the provider keeps.
  return { tokens: given.length === 0 ? null : Math.max(...given), answers: Math.max(1, ...answers) };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
