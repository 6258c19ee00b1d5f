import * as z from "zod";
import type { ContractEntry } from "./endpoint.ts";

/** One thing that was looked at: `warn` is for what may be meant that way. */
export const findingSchema = z.object({
  /** `database`, `provider openai`. */
  subject: z.string(),
  verdict: z.enum(["ok", "warn", "wrong"]),
  /** What was seen, and what would help. */
  words: z.string(),
});

/** {@link findingSchema}'s values. */
export type Finding = z.infer<typeof findingSchema>;

/** The self-check. It sends no key anywhere: of a provider it only asks whether it answers at all. */
export const doctorContract = {
  examine: { method: "POST", path: "/admin/doctor", reply: z.object({ findings: z.array(findingSchema) }) },
} as const satisfies Record<string, ContractEntry>;
