import { Link } from "@tanstack/react-router";
import { CopyPlus, MoreHorizontal, Pencil, Star, Trash2, Undo2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { NamedConfig } from "#shared/contract/aliases.ts";
import { wordsOf } from "../../../data/admin.ts";
import { Badge, StatusDot, type Tone } from "../../../parts/badge.tsx";
import { IconButton } from "../../../parts/button.tsx";
import { classNames } from "../../../parts/class-names.ts";
import { CopyButton } from "../../../parts/copy.tsx";
import { Menu } from "../../../parts/menu.tsx";
import { offerUndo } from "../../../parts/toasts.tsx";
import { useGo } from "../../../shell/navigation.ts";
import { formatCount } from "../../../text/format.ts";
import { useText } from "../../../text/texts.ts";
import { describeConfig } from "../describe-config.ts";
import { findLeaves } from "../draft/find-leaves.ts";
import type { ConfigKind } from "../search.ts";
import { putStored, removeStored } from "../stored-calls.ts";
import { healthOf, isUsable } from "../target-health.ts";
import type { AliasWorld } from "../use-world.ts";
import type { Preferences } from "./use-preferences.ts";

interface AliasRowProps {
  readonly kind: ConfigKind;
  readonly named: NamedConfig;
  readonly world: AliasWorld;
  readonly preferences: Preferences;
  /** Null where it is not known. */
  readonly callsToday: number | null;
}

/** One alias in the list: what it does in words, whether its targets stand, and what can be done with it. */
export function AliasRow({ kind, named, world, preferences, callsToday }: AliasRowProps): ReactNode {
  const say = useText("aliases");
  const go = useGo();
  const [error, setError] = useState<string | null>(null);
  const { name, config, source } = named;
  const isFavourite = preferences.favourites.includes(name);
  const isDefault = kind === "alias" && preferences.defaultAlias === name;
  const attempt = (deed: Promise<void>): void => {
    setError(null);
    deed.catch((failure: unknown) => setError(wordsOf(failure)));
  };
  const remove = async (): Promise<void> => {
    await removeStored(kind, name);
    offerUndo(say(source === "changed" ? "restored" : "removed", { name }), () =>
      attempt(putStored(kind, name, config).then(() => undefined)),
    );
  };
  return (
    <li className="group relative px-4 py-3 transition-colors hover:bg-hover">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <div className="flex min-w-0 items-center gap-2">
            <Link
              to="/aliases/$"
              params={{ _splat: name } as never}
              search={(kind === "config" ? { kind } : {}) as never}
              className="truncate font-mono font-medium after:absolute after:inset-0"
            >
              {name}
            </Link>
            {isDefault ? <Badge tone="accent">{say("isDefault")}</Badge> : null}
            {source === "changed" ? <Badge>{say("isChanged")}</Badge> : null}
          </div>
          <p className="mt-0.5 line-clamp-2 text-small break-words text-ink-muted">{describeConfig(config, say)}</p>
        </div>
        <Targets named={named} world={world} />
        <div className="w-20 shrink-0 text-right text-small text-ink-muted narrow:hidden">
          {callsToday === null || callsToday === 0 ? null : say("callsToday", { count: callsToday, calls: formatCount(callsToday) })}
        </div>
        <div className="relative flex shrink-0 items-center gap-0.5">
          {kind === "alias" ? (
            <IconButton
              size="small"
              aria-pressed={isFavourite}
              label={say(isFavourite ? "unfavourite" : "favourite", { name })}
              icon={<Star aria-hidden="true" className={classNames("size-4", isFavourite && "fill-current text-accent-ink")} />}
              onClick={() => attempt(preferences.toggleFavourite(name))}
            />
          ) : null}
          <CopyButton text={name} name={name} />
          <Menu
            trigger={
              <IconButton size="small" label={say("more", { name })} icon={<MoreHorizontal aria-hidden="true" className="size-4" />} />
            }
            items={[
              {
                words: say("edit"),
                icon: <Pencil className="size-4" />,
                onSelect: () => go("aliases", { item: name, search: kind === "config" ? { kind } : {} }),
              },
              {
                words: say("duplicate"),
                icon: <CopyPlus className="size-4" />,
                onSelect: () => go("aliases", { search: { new: "", copy: name, ...(kind === "config" ? { kind } : {}) } }),
              },
              ...(kind === "alias"
                ? [
                    {
                      words: say("useAsDefault"),
                      isChecked: isDefault,
                      onSelect: () => attempt(preferences.setDefault(isDefault ? null : name)),
                    },
                  ]
                : []),
              ...(source === "shipped"
                ? []
                : [
                    null,
                    {
                      words: say(source === "changed" ? "restore" : "remove"),
                      icon: source === "changed" ? <Undo2 className="size-4" /> : <Trash2 className="size-4" />,
                      isDanger: source === "own",
                      onSelect: () => attempt(remove()),
                    },
                  ]),
            ]}
          />
        </div>
      </div>
      {error === null ? null : (
        <p role="alert" className="mt-2 text-small break-words text-bad">
          {error}
        </p>
      )}
    </li>
  );
}

function Targets({ named, world }: Pick<AliasRowProps, "named" | "world">): ReactNode {
  const say = useText("aliases");
  const health = findLeaves(named.config, world.find).map((leaf) => healthOf(leaf, world));
  const usable = health.filter(isUsable).length;
  const open = health.filter(({ standing }) => standing === "open").length;
  const tone: Tone = usable === 0 ? (open > 0 ? "bad" : "neutral") : usable < health.length ? "warn" : "ok";
  const words =
    health.length === 1
      ? say(`standing-${health[0]?.standing ?? "unknown"}`)
      : open > 0
        ? say("targetsOpen", { count: open, total: health.length })
        : say("targetsReady", { count: usable, total: health.length });
  return (
    <div className="flex w-32 shrink-0 items-center gap-2 text-small text-ink-soft">
      <StatusDot tone={tone} />
      <span className="truncate">{words}</span>
    </div>
  );
}
