import * as z from "zod";

/** The first steps, in their order. */
export const steps = ["key", "tool", "test"] as const;

/** One of {@link steps}. */
export type Step = (typeof steps)[number];

/** What stands in the URL: the step, so that going back goes back one. */
export const firstRunSearchSchema = z.object({ step: z.enum(steps).optional().catch(undefined) });
