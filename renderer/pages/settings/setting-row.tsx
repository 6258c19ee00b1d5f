import { Lock, RotateCcw, TriangleAlert } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import type { SettingInfo } from "#shared/contract/settings.ts";
import { wordsOf } from "../../data/admin.ts";
import { useSaving } from "../../data/settings.ts";
import { IconButton } from "../../parts/button.tsx";
import { classNames } from "../../parts/class-names.ts";
import { useText } from "../../text/texts.ts";
import { describeValue } from "./describe-value.ts";
import { kindOf } from "./read-schema.ts";
import { SettingControl } from "./setting-control.tsx";

interface SettingRowProps {
  readonly setting: SettingInfo;
  /** Whether it is the desktop app's, and this is none: it is shown, and cannot be changed. */
  readonly isForOther: boolean;
  /** Whether somebody was led to just this one. */
  readonly isSought: boolean;
}

/** A setting: what it is called, what it does, its control, and what keeps it from being changed. */
export function SettingRow({ setting, isForOther, isSought }: SettingRowProps): ReactNode {
  const say = useText("settings");
  const save = useSaving();
  const id = useId();
  const row = useRef<HTMLDivElement>(null);
  const [error, setError] = useState<string | null>(null);
  const kind = kindOf(setting);
  const isLocked = setting.pinnedBy !== null || isForOther;
  const hasField = kind.kind === "number" || kind.kind === "text" || kind.kind === "json";
  // Switches and choices carry their name themselves.
  const Name = hasField ? "label" : "span";
  // A switch has room beside its words anywhere.
  const isWide = kind.kind !== "switch";
  const isTall = kind.kind === "list" || kind.kind === "json";

  useEffect(() => {
    if (!isSought) return;
    row.current?.scrollIntoView({ block: "center" });
    row.current?.querySelector<HTMLElement>("input, button, textarea")?.focus({ preventScroll: true });
  }, [isSought]);

  async function change(value: unknown): Promise<boolean> {
    try {
      const words = value === undefined ? "resetDone" : "changed";
      await save(setting, value, say(words, { title: setting.title }));
      setError(null);
      return true;
    } catch (caught) {
      setError(wordsOf(caught));
      return false;
    }
  }

  const canReset = !isLocked && setting.source === "file" && !setting.isDefault;
  return (
    <div
      ref={row}
      className={classNames(
        "@container px-4 py-3 transition-colors",
        isSought && "rounded-card bg-accent-soft/60 ring-1 ring-accent ring-inset",
      )}
    >
      <div
        className={classNames("flex gap-x-6 gap-y-2", isTall ? "flex-col" : "items-start justify-between", isWide && "@max-md:flex-col")}
      >
        <div className="min-w-0 flex-1">
          <div className="flex min-h-6 items-center gap-1.5">
            <Name {...(hasField ? { htmlFor: `${id}-control` } : {})} className="font-medium">
              {setting.title}
            </Name>
            {canReset ? (
              <IconButton
                size="small"
                className="-my-1"
                label={say("reset", { value: describeValue(setting, setting.default, say) })}
                icon={<RotateCcw className="size-3.5" />}
                onClick={() => void change(undefined)}
              />
            ) : null}
          </div>
          <p id={`${id}-help`} className="max-w-[64ch] text-small text-ink-muted">
            {setting.help}
          </p>
          {setting.pinnedBy === null ? null : (
            <Remark icon={<Lock className="size-3.5" />}>{say("pinned", { by: setting.pinnedBy })}</Remark>
          )}
          {setting.problem === null ? null : (
            <Remark icon={<TriangleAlert className="size-3.5" />} isBad>
              {setting.problem}
            </Remark>
          )}
        </div>
        <div className={classNames("min-w-0", isTall ? "w-full" : "flex shrink-0 justify-end", isWide && "@max-md:justify-start")}>
          <SettingControl
            setting={setting}
            kind={kind}
            id={`${id}-control`}
            describedBy={error === null ? `${id}-help` : `${id}-help ${id}-error`}
            isLocked={isLocked}
            isWrong={error !== null}
            onChange={change}
            onProblem={setError}
          />
        </div>
      </div>
      <p id={`${id}-error`} role="alert" className={classNames("text-small text-bad", error !== null && "mt-2")}>
        {error}
      </p>
    </div>
  );
}

function Remark({
  icon,
  isBad = false,
  children,
}: {
  readonly icon: ReactNode;
  readonly isBad?: boolean;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <p className={classNames("mt-1.5 flex items-start gap-1.5 text-small", isBad ? "text-warn" : "text-ink-soft")}>
      <span aria-hidden="true" className="mt-px shrink-0">
        {icon}
      </span>
      {children}
    </p>
  );
}
