import { SearchX } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "../../parts/button.tsx";
import { PageFrame } from "../../parts/page-frame.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { useGo, useItem, usePageSearch } from "../../shell/navigation.ts";
import { useText } from "../../text/texts.ts";
import { beginWith } from "./begin-with.ts";
import { AliasEditor } from "./editor/alias-editor.tsx";
import { AliasList } from "./list/alias-list.tsx";
import { aliasesSearchSchema, type ConfigKind } from "./search.ts";
import { type AliasWorld, useAliasWorld } from "./use-world.ts";

/** The Aliases page: all of them, or one under change. */
export function PageView(): ReactNode {
  const item = useItem();
  const [search] = usePageSearch(aliasesSearchSchema);
  if (item === null && search.new === undefined) return <AliasList />;
  return <OpenEditor item={item} kind={search.kind ?? "alias"} wanted={search.new ?? ""} copy={search.copy ?? null} />;
}

interface OpenEditorProps {
  readonly item: string | null;
  readonly kind: ConfigKind;
  /** `provider/model` of a new one. */
  readonly wanted: string;
  readonly copy: string | null;
}

function OpenEditor({ item, kind, wanted, copy }: OpenEditorProps): ReactNode {
  const say = useText("aliases");
  const { world, error, retry } = useAliasWorld();
  const title = item ?? say(kind === "alias" ? "newAlias" : "newConfig");
  if (world === null) {
    return (
      <PageFrame title={title}>
        {error === null ? <SkeletonRows rows={8} height={40} /> : <ErrorState error={error} onRetry={retry} />}
      </PageFrame>
    );
  }
  return (
    <BegunEditor key={`${kind}/${item ?? ""}/${wanted}/${copy ?? ""}`} item={item} kind={kind} wanted={wanted} copy={copy} world={world} />
  );
}

/** Begins once: what is stored may change, or go, while it is open. */
function BegunEditor({ item, kind, wanted, copy, world }: OpenEditorProps & { readonly world: AliasWorld }): ReactNode {
  const [begun, setBegun] = useState(() => beginWith({ item, kind, wanted, copy }, world));
  // What was made a moment ago may not be in the list yet.
  const late = begun === null ? beginWith({ item, kind, wanted, copy }, world) : null;
  if (late !== null) setBegun(late);
  return begun === null ? <Missing item={item} kind={kind} /> : <AliasEditor {...begun} world={world} />;
}

function Missing({ item, kind }: Pick<OpenEditorProps, "item" | "kind">): ReactNode {
  const say = useText("aliases");
  const go = useGo();
  return (
    <PageFrame title={item ?? ""}>
      <EmptyState
        icon={<SearchX className="size-6" />}
        title={say(kind === "alias" ? "missingAlias" : "missingConfig", { name: item ?? "" })}
        actions={
          <>
            <Button onClick={() => go("aliases")}>{say("back")}</Button>
            <Button kind="primary" onClick={() => go("aliases", { search: { new: "", ...(kind === "config" ? { kind } : {}) } })}>
              {say(kind === "alias" ? "newAlias" : "newConfig")}
            </Button>
          </>
        }
      >
        {say("missingWords")}
      </EmptyState>
    </PageFrame>
  );
}
