import type { GatewayState, UpdateState } from "#shared/desktop-bridge.ts";
import { countText } from "#shared/text/count.ts";
import { moneyText } from "#shared/text/money.ts";

/** Everything that the app says outside of its window: in the tray, in menus, dialogs and notifications. */
export const words = {
  name: "Postern",
  cancel: "Cancel",
  tray: {
    start: "Start gateway",
    stop: "Stop gateway",
    tryAgain: "Try again",
    copy: "Copy base URL",
    openAi: (url: string) => `OpenAI: ${url}`,
    anthropic: (url: string) => `Anthropic: ${url}`,
    gemini: (url: string) => `Gemini: ${url}`,
    curl: "curl test",
    addKey: "No provider's key yet: add one…",
    allowOnce: "Allow once",
    allowAlways: "Allow always",
    deny: "Deny",
    look: "Look at it…",
    defaultAlias: (name: string | null) => `Default model: ${name ?? "none"}`,
    noDefault: "None",
    connect: "Connect a tool",
    allTools: "All tools…",
    open: "Open Postern",
    pause: "Pause for 1 hour",
    resume: "Resume now",
    lock: "Lock keys",
    unlock: "Unlock keys",
    launchAtLogin: "Launch at login",
    settings: "Settings…",
    quit: "Quit Postern",
    quitRunning: "Quit Postern (stops the gateway)",
    takePort: (port: number) => `Use port ${port} instead`,
  },
  update: {
    check: "Check for updates…",
    restart: (version: string) => `Restart to update to ${version}`,
  },
  menu: { file: "File", view: "View", window: "Window", help: "Help", dataFolder: "Open data folder", website: "Postern on the web" },
  openExternal: { message: (host: string) => `Open ${host} in your browser?`, open: "Open" },
  lockKeys: { reason: "unlock the providers' keys" },
  hidden: {
    title: "Postern keeps running",
    body: "The gateway goes on. Postern is in the tray; quit it there.",
  },
  asks: {
    title: "A tool asks to be let in",
    body: (tool: string | null, model: string | null) =>
      `${tool === null ? "A tool that does not say its name" : `A tool that calls itself "${tool}"`} asked for ${model ?? "a model"} and was refused.`,
  },
  failover: {
    title: "A provider failed over",
    body: (model: string | null, provider: string | null) =>
      `${model ?? "A call"} was answered by ${provider ?? "another provider"} instead.`,
  },
  budget: { title: "A budget is spent", body: (tool: string | null) => `${tool ?? "A tool"} was refused: its budget is used up.` },
  updateReady: { title: (version: string) => `Postern ${version} is ready`, body: "It is installed when you restart Postern." },
  quitQuestion: {
    message: (calls: number) =>
      calls === 1 ? "One call is under way. Quit all the same?" : `${calls} calls are under way. Quit all the same?`,
    detail: "They get ten seconds to finish; then they end with an error.",
    quit: "Quit",
  },
  alreadyRuns: (message: string) => `${message}. Stop that one first, or use its window.`,
  refusedSwitch: (name: string) => `Cannot start Postern with --${name}: it would open the window to other programs. Start it without.`,
} as const;

/** How the gateway stands, with a sign that tells it by its shape. */
export function gatewayWords(state: GatewayState): string {
  switch (state.kind) {
    case "running":
      return `● Running · ${state.address}`;
    case "starting":
      return "◐ Starting…";
    case "stopped":
      return "○ Stopped";
    case "paused":
      return `‖ Paused until ${timeText(state.untilMs)}`;
    case "port-taken":
      return `▲ Port ${state.port} is in use by ${state.holder}`;
    case "failed":
      return `▲ ${state.words}`;
  }
}

/** What today came to, in one line. */
export function todayWords(
  today: { readonly calls: number; readonly errors: number; readonly costMicroUsd: number | null } | null,
): string {
  if (today === null || today.calls === 0) return "Today: no requests yet";
  const requests = `${countText(today.calls)} ${today.calls === 1 ? "request" : "requests"}`;
  const errors = today.errors === 0 ? "" : ` · ${countText(today.errors)} ${today.errors === 1 ? "error" : "errors"}`;
  return `Today: ${moneyText(today.costMicroUsd)} · ${requests}${errors}`;
}

/** The tray's line about updates; null where there is nothing to say or to do. */
export function updateWords(update: UpdateState): { readonly label: string; readonly does: "check" | "restart" | null } | null {
  switch (update.kind) {
    case "unavailable":
      return null;
    case "current":
    case "failed":
      return { label: words.update.check, does: "check" };
    case "checking":
      return { label: "Looking for updates…", does: null };
    case "loading":
      return { label: `Loading ${update.version}: ${Math.round(update.percent)} %`, does: null };
    case "ready":
      return { label: words.update.restart(update.version), does: "restart" };
  }
}

function timeText(atMs: number): string {
  return new Date(atMs).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
