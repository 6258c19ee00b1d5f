import * as z from "zod";

/** What stands in the Keys page's URL. Never a key, nor any part of one. */
export const keysSearchSchema = z.object({
  /** What is searched for. */
  q: z.string().max(100).optional().catch(undefined),
  /** `all` shows providers without a key as well. */
  show: z.enum(["used", "all"]).optional().catch(undefined),
  /** The dialog that is open; `custom` is that for a provider of one's own. */
  open: z.enum(["add", "import", "paste", "custom"]).optional().catch(undefined),
});
