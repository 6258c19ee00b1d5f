/**
 * Stands for the signature of a call that another model made, or whose signature is lost: Gemini 3 refuses a turn's
 * first call without one. https://ai.google.dev/gemini-api/docs/thought-signatures
 */
export const unsigned = "skip_thought_signature_validator";
