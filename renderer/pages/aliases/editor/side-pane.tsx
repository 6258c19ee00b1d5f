import { lazy, type ReactNode, Suspense } from "react";
import { SkeletonRows } from "../../../parts/states.tsx";
import type { Draft } from "../draft/use-draft.ts";
import { DryRun } from "../dry-run/dry-run.tsx";
import type { ConfigKind } from "../search.ts";
import type { AliasWorld } from "../use-world.ts";

// The editor is heavy, and only this pane needs it.
const JsonEditor = lazy(() => import("../json/json-editor.tsx").then((module) => ({ default: module.JsonEditor })));

/** What stands beside the form. */
export type Pane = "json" | "dry-run";

/** The config as JSON, or where a request would go by it. */
export function SidePane({
  pane,
  kind,
  name,
  draft,
  world,
}: {
  readonly pane: Pane;
  readonly kind: ConfigKind;
  readonly name: string;
  readonly draft: Draft;
  readonly world: AliasWorld;
}): ReactNode {
  if (pane === "dry-run") {
    return (
      <div className="relative h-full overflow-y-auto pr-2 pb-8">
        <DryRun kind={kind} name={name} draft={draft} world={world} />
      </div>
    );
  }
  return (
    <div className="h-full pb-6">
      <Suspense fallback={<SkeletonRows rows={10} height={20} />}>
        <JsonEditor
          draft={draft}
          world={world}
          self={name}
          title={`config.json › ${kind === "alias" ? "aliases" : "configs"} › ${name === "" ? "…" : name}`}
        />
      </Suspense>
    </div>
  );
}
