import * as z from "zod";

/** What may stand in the URL of the settings: what is searched for, and a setting to be led to. */
export const settingsSearchSchema = z.object({
  q: z.string().max(100).optional().catch(undefined),
  /** `gateway.port` */
  setting: z.string().max(80).optional().catch(undefined),
});
