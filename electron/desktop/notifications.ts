import { Notification } from "electron";
import type { LiveEvent } from "#shared/contract/events.ts";
import { words } from "./words.ts";

/** Words of the system's own, outside of the window. */
export interface Notifications {
  /** Tells the person of an event that is about them. */
  note(event: LiveEvent): void;
  /** Says something. `onClick` opens what it is about. */
  say(title: string, body: string, onClick: () => void): void;
  /** While the screen is locked, nothing is said but what still holds when it is opened. */
  setLocked(isLocked: boolean): void;
}

/** What the notifications need. */
export interface NotificationOptions {
  readonly isOn: () => boolean;
  readonly openWindow: (hash: string) => void;
  /** Where the window shows who asks to be let in. */
  readonly askingPlace: string;
  readonly nowMs: () => number;
}

/** The same thing is said at most so often: a tool in a loop would say it a hundred times a minute. */
const apartMs = 10 * 60_000;
const mostKept = 100;

/** Makes the notifications; says nothing where the system has none. */
export function createNotifications({ isOn, openWindow, askingPlace, nowMs }: NotificationOptions): Notifications {
  /** Kept while they are shown: one that is collected no longer hears its click. */
  const shown = new Set<Notification>();
  const saidAtMs = new Map<string, number>();
  const waiting = new Map<string, () => void>();
  let isLocked = false;

  function say(title: string, body: string, onClick: () => void): void {
    if (!isOn() || !Notification.isSupported()) return;
    const notification = new Notification({ title, body });
    shown.add(notification);
    notification.once("click", () => {
      shown.delete(notification);
      onClick();
    });
    notification.once("close", () => shown.delete(notification));
    notification.show();
  }

  function sayOnce(key: string, title: string, body: string, hash: string): void {
    const now = nowMs();
    if (now - (saidAtMs.get(key) ?? -Infinity) < apartMs) return;
    if (saidAtMs.size >= mostKept) saidAtMs.clear();
    saidAtMs.set(key, now);
    if (isLocked) waiting.set(key, () => say(title, body, () => openWindow(hash)));
    else say(title, body, () => openWindow(hash));
  }

  return {
    say,
    note(event) {
      if (event.type === "permission-requested") {
        sayOnce(`asks ${event.id}`, words.asks.title, words.asks.body(event.tool, event.model), askingPlace);
      } else if (event.type === "call-finished") {
        if (event.errorCode === budgetSpent)
          sayOnce(`budget ${event.grantId}`, words.budget.title, words.budget.body(event.tool), "#/usage");
        else if (event.failedOver)
          sayOnce(
            `failover ${event.alias} ${event.model}`,
            words.failover.title,
            words.failover.body(event.alias ?? event.model, event.provider),
            "#/activity",
          );
      }
    },
    setLocked(next) {
      isLocked = next;
      if (isLocked) return;
      for (const tell of waiting.values()) tell();
      waiting.clear();
    },
  };
}

/** The code of a call that was refused for its budget; OpenAI's own word. */
const budgetSpent = "insufficient_quota";
