import * as z from "zod";

/**
 * How the desktop app behaves: four switches for how it starts and stays, each for itself, and what it may do beside
 * that. Served to a browser, Postern has none of this.
 */
export const desktopSettingsSchema = z.strictObject({
  launchAtLogin: z.boolean().default(false).meta({
    title: "Start at login",
    help: "Starts Postern in the tray when you log in to this machine.",
  }),
  startHidden: z.boolean().default(false).meta({
    title: "Start hidden",
    help: "Opens no window when you start Postern yourself either; the tray has it.",
  }),
  closeToTray: z.boolean().default(true).meta({
    title: "Keep running when the window is closed",
    help: "The gateway goes on in the tray. Turned off, closing the window quits Postern.",
  }),
  startGateway: z.boolean().default(true).meta({
    title: "Start the gateway with Postern",
    help: "Turned off, tools reach it only after you start it in the tray.",
  }),
  notifications: z.boolean().default(true).meta({
    title: "Notifications",
    help: "Says when a tool asks to be let in, a provider failed over, a budget is spent or an update is ready.",
  }),
  lockKeysWithScreen: z.boolean().default(false).meta({
    title: "Lock keys with the screen",
    help: "Once this machine's screen is locked, no provider's key is used until you unlock the keys in Postern.",
  }),
  checkForUpdates: z.boolean().default(true).meta({
    title: "Look for updates",
    help: "Once a day, over https. One that is ready is installed when you restart Postern.",
  }),
});
