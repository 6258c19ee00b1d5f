import * as z from "zod";

/** What may stand behind the question mark of `#/chat`. A link fills in; nothing is ever sent by one. */
export const chatSearchSchema = z.object({
  /** Who answers in the new chat. */
  model: z.string().max(512).optional().catch(undefined),
  /** What is put where one writes. */
  prompt: z.string().max(20_000).optional().catch(undefined),
  /** The message of a stored chat that is brought into sight. */
  message: z.string().max(64).optional().catch(undefined),
});
