import type { MenuItemConstructorOptions } from "electron";
import type { AskingTool, TrayFacts } from "./tray-facts.ts";
import { gatewayWords, todayWords, updateWords, words } from "./words.ts";

/** What the tray's items do. */
export interface TrayActions {
  startGateway(): void;
  stopGateway(): void;
  /** Sets the gateway's port, and starts it there. */
  takePort(port: number): void;
  copy(text: string): void;
  allow(id: string, mode: "once" | "always"): void;
  deny(id: string): void;
  setDefaultAlias(name: string | null): void;
  pause(minutes: number): void;
  lockKeys(): void;
  unlockKeys(): void;
  setLaunchAtLogin(isOn: boolean): void;
  checkForUpdates(): void;
  restartToUpdate(): void;
  /** Opens the window, at a place in it: `#/usage`. */
  openWindow(hash?: string): void;
  quit(): void;
}

const mostAliases = 24;
const mostAsking = 5;
const longestName = 40;
const separator: MenuItemConstructorOptions = { type: "separator" };

/** The tray's menu, made anew from the facts at each change: on Linux, nothing of a menu that was set can be changed. */
export function trayTemplate(facts: TrayFacts, actions: TrayActions): MenuItemConstructorOptions[] {
  return [
    { label: labelOf(gatewayWords(facts.gateway)), enabled: false },
    ...gatewayItems(facts, actions),
    ...askingItems(facts, actions),
    separator,
    ...modelItems(facts, actions),
    { label: todayWords(facts.today), click: () => actions.openWindow("#/usage") },
    {
      label: words.tray.connect,
      submenu: [
        ...facts.tools.map(({ id, name }) => ({
          label: labelOf(name),
          click: () => actions.openWindow(`#/tools/connect/${encodeURIComponent(id)}`),
        })),
        ...(facts.tools.length > 0 ? [separator] : []),
        { label: words.tray.allTools, click: () => actions.openWindow("#/tools/connect") },
      ],
    },
    separator,
    { label: words.tray.open, accelerator: "CommandOrControl+O", click: () => actions.openWindow() },
    ...pauseItems(facts, actions),
    facts.areKeysLocked
      ? { label: words.tray.unlock, click: () => actions.unlockKeys() }
      : { label: words.tray.lock, enabled: facts.hasKeys, click: () => actions.lockKeys() },
    {
      label: words.tray.launchAtLogin,
      type: "checkbox",
      checked: facts.launchAtLogin,
      click: () => actions.setLaunchAtLogin(!facts.launchAtLogin),
    },
    { label: words.tray.settings, accelerator: "CommandOrControl+,", click: () => actions.openWindow("#/settings") },
    ...updateItems(facts, actions),
    separator,
    {
      label: isOpen(facts) ? words.tray.quitRunning : words.tray.quit,
      accelerator: "CommandOrControl+Q",
      click: () => actions.quit(),
    },
  ];
}

function gatewayItems({ gateway, hasKeys }: TrayFacts, actions: TrayActions): MenuItemConstructorOptions[] {
  switch (gateway.kind) {
    case "stopped":
      return [{ label: words.tray.start, click: () => actions.startGateway() }];
    case "starting":
      return [{ label: words.tray.start, enabled: false }];
    case "failed":
      return [{ label: words.tray.tryAgain, click: () => actions.startGateway() }];
    case "port-taken": {
      const other = gateway.port < 65_535 ? gateway.port + 1 : 8_787;
      return [
        { label: words.tray.tryAgain, click: () => actions.startGateway() },
        { label: words.tray.takePort(other), click: () => actions.takePort(other) },
      ];
    }
    case "running":
    case "paused":
      return [
        { label: words.tray.stop, click: () => actions.stopGateway() },
        { label: words.tray.copy, submenu: copyItems(`http://${gateway.address}`, actions) },
        ...(hasKeys ? [] : [{ label: words.tray.addKey, click: () => actions.openWindow("#/keys") }]),
      ];
  }
}

/** Addresses, as each kind of client wants them. None of them holds a key: what is copied may be pasted anywhere. */
function copyItems(origin: string, actions: TrayActions): MenuItemConstructorOptions[] {
  const curl = `curl -N ${origin}/v1/chat/completions -H "Authorization: Bearer $POSTERN_API_KEY" -H "Content-Type: application/json" -d '{"model":"@postern/hello","stream":true,"messages":[{"role":"user","content":"Hi"}]}'`;
  return [
    { label: words.tray.openAi(`${origin}/v1`), accelerator: "CommandOrControl+C", click: () => actions.copy(`${origin}/v1`) },
    { label: words.tray.anthropic(origin), click: () => actions.copy(origin) },
    { label: words.tray.gemini(origin), click: () => actions.copy(origin) },
    { label: words.tray.curl, click: () => actions.copy(curl) },
  ];
}

function askingItems({ asking }: TrayFacts, actions: TrayActions): MenuItemConstructorOptions[] {
  if (asking.length === 0) return [];
  return [
    separator,
    ...asking.slice(0, mostAsking).map((request) => ({ label: labelOf(askingLabel(request)), submenu: askingMenu(request, actions) })),
    ...(asking.length > mostAsking ? [{ label: words.tray.look, click: () => actions.openWindow(askingPlace) }] : []),
  ];
}

/** Where the window shows who asks to be let in. */
export const askingPlace = "#/tools";

function askingMenu({ id, hasCredential }: AskingTool, actions: TrayActions): MenuItemConstructorOptions[] {
  return [
    // Without a credential, letting it in makes a new key, which is shown once: that needs the window.
    ...(hasCredential
      ? [
          { label: words.tray.allowOnce, click: () => actions.allow(id, "once") },
          { label: words.tray.allowAlways, click: () => actions.allow(id, "always") },
        ]
      : []),
    { label: words.tray.deny, click: () => actions.deny(id) },
    { label: words.tray.look, click: () => actions.openWindow(askingPlace) },
  ];
}

function askingLabel({ tool, model }: AskingTool): string {
  return `? ${shorten(tool ?? "A tool")} asks for ${shorten(model ?? "a model")}`;
}

function modelItems({ aliases, defaultAlias }: TrayFacts, actions: TrayActions): MenuItemConstructorOptions[] {
  if (aliases.length === 0) return [];
  // The chosen one is in the list, however long that is.
  const shown = aliases.slice(0, mostAliases);
  const all = defaultAlias === null || shown.includes(defaultAlias) ? shown : [defaultAlias, ...shown];
  return [
    {
      label: labelOf(words.tray.defaultAlias(defaultAlias)),
      submenu: [
        { label: words.tray.noDefault, type: "radio", checked: defaultAlias === null, click: () => actions.setDefaultAlias(null) },
        ...all.map((name): MenuItemConstructorOptions => ({
          label: labelOf(name),
          type: "radio",
          checked: name === defaultAlias,
          click: () => actions.setDefaultAlias(name),
        })),
      ],
    },
  ];
}

function pauseItems({ gateway }: TrayFacts, actions: TrayActions): MenuItemConstructorOptions[] {
  if (gateway.kind === "running") return [{ label: words.tray.pause, click: () => actions.pause(60) }];
  if (gateway.kind === "paused") return [{ label: words.tray.resume, click: () => actions.pause(0) }];
  return [];
}

function updateItems({ update }: TrayFacts, actions: TrayActions): MenuItemConstructorOptions[] {
  const said = updateWords(update);
  if (said === null) return [];
  if (said.does === null) return [{ label: said.label, enabled: false }];
  return [{ label: said.label, click: said.does === "check" ? () => actions.checkForUpdates() : () => actions.restartToUpdate() }];
}

function isOpen({ gateway }: TrayFacts): boolean {
  return gateway.kind === "running" || gateway.kind === "paused";
}

function shorten(text: string): string {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}]/gu, "");
  return plain.length > longestName ? `${plain.slice(0, longestName - 1)}…` : plain;
}

/** A label says what it says: on Windows and Linux, one `&` underlines the letter behind it. */
function labelOf(text: string): string {
  return text.replaceAll("&", "&&");
}
