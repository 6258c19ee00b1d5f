/** What one model of Google's takes, where models differ. */
export interface ModelFacts {
  /** How it is told how much to think: a level (Gemini 3), a budget in tokens (2.5), or not at all. */
  readonly thinking: "level" | "budget" | "none";
  /** The smallest and largest budget, and whether 0 turns thinking off. */
  readonly budget: { readonly least: number; readonly most: number; readonly canBeOff: boolean };
  /** The level for the least thinking, and the one for a middling effort. */
  readonly levels: { readonly least: "MINIMAL" | "LOW"; readonly middle: "MEDIUM" | "HIGH" };
  /** Refuses function calls of the current turn without a thought signature; takes images inside function results, and tools beside a JSON schema. */
  readonly isThirdGeneration: boolean;
  /** Fetches public URLs in `fileData.fileUri`. */
  readonly fetchesUrls: boolean;
}

/**
 * Reads a model's name. An alias without a number (`gemini-flash-latest`) means the newest; a name that is not Google's
 * (a tuned model) counts as 2.5, which refuses least.
 *
 * @see https://ai.google.dev/gemini-api/docs/thinking
 * @see https://docs.cloud.google.com/gemini-enterprise-agent-platform/models/thinking (levels by model)
 * @see https://ai.google.dev/gemini-api/docs/file-input-methods (public URLs, not for Gemini 2.0)
 */
export function modelFacts(model: string): ModelFacts {
  const name = model.slice(model.lastIndexOf("/") + 1).toLowerCase();
  const version = versionOf(name);
  const isFlash = name.includes("flash");
  const isLite = name.includes("flash-lite");
  return {
    thinking: version >= 3 ? "level" : version >= 2.5 && !name.includes("-image") ? "budget" : "none",
    budget: isFlash
      ? { least: isLite ? 512 : 1, most: 24_576, canBeOff: true }
      : { least: 128, most: 32_768, canBeOff: !name.startsWith("gemini-2.5-pro") },
    levels: {
      least: isLite || (isFlash && version < 3.7) ? "MINIMAL" : "LOW",
      middle: name.startsWith("gemini-3-pro") ? "HIGH" : "MEDIUM",
    },
    isThirdGeneration: version >= 3,
    fetchesUrls: version >= 2.5,
  };
}

function versionOf(name: string): number {
  const numbered = /^gemini-(\d+(?:\.\d+)?)(?![\d.])/.exec(name);
  if (numbered !== null) return Number(numbered[1]);
  if (name.startsWith("gemma-")) return 2;
  const robotics = /^gemini-robotics-er-(\d+)/.exec(name);
  if (robotics !== null) return Number(robotics[1]) >= 2 ? 3 : 2.5;
  return name.startsWith("gemini-") ? Number.POSITIVE_INFINITY : 2.5;
}
