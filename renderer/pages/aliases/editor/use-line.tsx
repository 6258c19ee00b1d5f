import type { ReactNode } from "react";
import { useMemo } from "react";
import { useAdmin } from "../../../data/queries.ts";
import { Ago } from "../../../parts/ago.tsx";
import { hashOf } from "../../../shell/navigation.ts";
import { formatMoney } from "../../../text/format.ts";
import { useText } from "../../../text/texts.ts";
import type { ConfigKind } from "../search.ts";

/** How an alias is called, and how much it was called lately. */
export function UseLine({ kind, name }: { readonly kind: ConfigKind; readonly name: string }): ReactNode {
  const say = useText("aliases");
  const since = useMemo(() => new Date().setHours(0, 0, 0, 0), []);
  const today = useAdmin("getUsage", { query: { by: "alias", since, alias: name } });
  const last = useAdmin("listCalls", { query: { alias: name, limit: 1 } });
  const [call] = last.data?.calls ?? [];
  const total = today.data?.total;
  return (
    <section aria-label={say("use")} className="mt-6 border-t border-line pt-4 text-ink-muted">
      <p>{kind === "alias" ? say("howToCall", { name }) : say("howToCallConfig", { name })}</p>
      {total === undefined || last.data === undefined ? null : (
        <p className="mt-1">
          {say("callsTodayLong", { count: total.calls })}
          {total.costMicroUsd === null ? null : ` · ${formatMoney(total.costMicroUsd)}`} · {say("lastUsed")}{" "}
          <Ago atMs={call?.startedAtMs ?? null} />
          {call === undefined ? null : (
            <>
              {" · "}
              <a
                href={`${hashOf("activity")}?alias=${encodeURIComponent(JSON.stringify(name))}`}
                className="text-accent-ink underline underline-offset-2"
              >
                {say("seeCalls")}
              </a>
            </>
          )}
        </p>
      )}
    </section>
  );
}
