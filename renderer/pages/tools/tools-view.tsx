import { Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { admin } from "../../data/admin.ts";
import { refresh, useAdmin } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Segmented } from "../../parts/choices.tsx";
import { PageFrame } from "../../parts/page-frame.tsx";
import { useGo, useItem, usePageSearch } from "../../shell/navigation.ts";
import { useText } from "../../text/texts.ts";
import { ConnectList } from "./connect-list.tsx";
import { ConnectTool } from "./connect-tool.tsx";
import { openPermissions } from "./grant-draft.ts";
import { GrantSheet } from "./grant-sheet.tsx";
import { GrantsSection } from "./grants-section.tsx";
import { KeyDialog, type NewKey } from "./key-dialog.tsx";
import { RequestsSection } from "./requests-section.tsx";
import { toolsSearchSchema } from "./search.ts";

/** `#/tools`: the keys. `#/tools/connect`: every tool. `#/tools/connect/codex`: one of them. */
export function PageView(): ReactNode {
  const item = useItem();
  const [view, tool] = item?.split("/") ?? [];
  if (view === "connect" && tool !== undefined && tool !== "") return <ConnectTool key={tool} id={tool} />;
  return <ToolsFrame view={view === "connect" ? "connect" : "access"} />;
}

function ToolsFrame({ view }: { readonly view: "access" | "connect" }): ReactNode {
  const say = useText("tools");
  const go = useGo();
  const [{ make }, setSearch] = usePageSearch(toolsSearchSchema);
  const isMaking = make === true;
  const setMaking = (next: boolean): void => setSearch({ make: next ? true : undefined }, { isReplacing: !next });
  const [made, setMade] = useState<NewKey | null>(null);
  const waiting = useAdmin("listRequests", {}).data?.requests.length ?? 0;
  return (
    <PageFrame
      title={say("title")}
      summary={say(view === "access" ? "summary" : "connectSummary")}
      actions={
        <Button kind="primary" icon={<Plus className="size-4" />} onClick={() => setMaking(true)}>
          {say("newGrant")}
        </Button>
      }
      toolbar={
        <Segmented
          label={say("views")}
          value={view}
          choices={[
            { value: "access", words: waiting === 0 ? say("viewAccess") : `${say("viewAccess")} (${String(waiting)})` },
            { value: "connect", words: say("viewConnect") },
          ]}
          onChange={(next) => (next === "connect" ? go("tools", { item: "connect" }) : go("tools"))}
        />
      }
    >
      {view === "access" ? (
        <>
          <RequestsSection onKey={setMade} />
          <GrantsSection onKey={setMade} />
        </>
      ) : (
        <ConnectList />
      )}
      {isMaking ? (
        <GrantSheet
          title={say("formNew")}
          summary={say("formNewHelp")}
          name=""
          permissions={openPermissions}
          confirm={say("create")}
          onClose={() => setMaking(false)}
          onSave={async (name, permissions) => {
            const { grant, key } = await admin("addGrant", { body: { name, permissions } });
            setMaking(false);
            setMade({ name: grant.name, key });
            await refresh("listGrants", "listTools");
          }}
        />
      ) : null}
      {made === null ? null : <KeyDialog made={made} onClose={() => setMade(null)} />}
    </PageFrame>
  );
}
