import * as z from "zod";

/** How the desktop app's update stands. */
export const updateStateSchema = z.discriminatedUnion("kind", [
  /** `words` say why this copy does not update itself: it is not packaged, or a package manager keeps it. */
  z.object({ kind: z.literal("unavailable"), words: z.string() }),
  z.object({ kind: z.literal("current"), checkedAtMs: z.number().nullable() }),
  z.object({ kind: z.literal("checking") }),
  z.object({ kind: z.literal("loading"), version: z.string(), percent: z.number() }),
  z.object({ kind: z.literal("ready"), version: z.string() }),
  z.object({ kind: z.literal("failed"), words: z.string() }),
]);

/** {@link updateStateSchema}'s values. */
export type UpdateState = z.infer<typeof updateStateSchema>;

/** How the gateway stands, as the desktop app knows it: a port that is taken shows here, and nowhere in the admin API. */
export const gatewayStateSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("stopped") }),
  z.object({ kind: z.literal("starting") }),
  z.object({ kind: z.literal("running"), address: z.string() }),
  z.object({ kind: z.literal("paused"), address: z.string(), untilMs: z.number() }),
  z.object({ kind: z.literal("port-taken"), port: z.number(), holder: z.string() }),
  z.object({ kind: z.literal("failed"), words: z.string() }),
]);

/** {@link gatewayStateSchema}'s values. */
export type GatewayState = z.infer<typeof gatewayStateSchema>;

/** What the desktop app tells its window. */
export const desktopStateSchema = z.object({
  version: z.string(),
  system: z.enum(["macos", "windows", "linux"]),
  gateway: gatewayStateSchema,
  update: updateStateSchema,
  /** Where the system has to be asked about starting at login: words for the person, null where all is well. */
  loginWords: z.string().nullable(),
});

/** {@link desktopStateSchema}'s values. */
export type DesktopState = z.infer<typeof desktopStateSchema>;

/** What the window can ask of the desktop app, with what each takes. Everything else is the admin API's. */
export const desktopCalls = {
  getState: z.tuple([]),
  startGateway: z.tuple([]),
  stopGateway: z.tuple([]),
  /** Opens the data folder, or the folder of the logs in it, in the system's file manager. */
  openFolder: z.tuple([z.enum(["data", "logs"])]),
  checkForUpdates: z.tuple([]),
  restartToUpdate: z.tuple([]),
  /** The network came or went, as the page was told. */
  noteNetwork: z.tuple([z.boolean()]),
  quit: z.tuple([]),
} as const satisfies Record<string, z.ZodType<readonly unknown[]>>;

/** One of {@link desktopCalls}. */
export type DesktopCall = keyof typeof desktopCalls;

/** `globalThis.posternDesktop` in the window of the desktop app; in a browser there is none. */
export interface DesktopBridge {
  getState(): Promise<DesktopState>;
  startGateway(): Promise<void>;
  stopGateway(): Promise<void>;
  openFolder(folder: "data" | "logs"): Promise<void>;
  checkForUpdates(): Promise<void>;
  restartToUpdate(): Promise<void>;
  noteNetwork(isOnline: boolean): Promise<void>;
  quit(): Promise<void>;
  /** Told of each change of {@link DesktopState}. Returns what ends it. */
  onState(listener: (state: DesktopState) => void): () => void;
}

/** The channel of {@link desktopCalls}, and the one on which states are told. */
export const desktopChannels = { call: "postern:call", state: "postern:state" } as const;
