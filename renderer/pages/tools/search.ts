import * as z from "zod";

/** What stands in the URL of Tools: whether a new key is being made. */
export const toolsSearchSchema = z.object({ make: z.boolean().optional().catch(undefined) });
