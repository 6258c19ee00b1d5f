import { Server } from "lucide-react";
import type { ReactNode } from "react";
import { wordsOf } from "../../data/admin.ts";
import { useAdmin, useAdminAction } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { tellNews } from "../../parts/toasts.tsx";
import { useText } from "../../text/texts.ts";

/** Model servers that answer on this machine and are not in use yet, to be accepted; nothing where there are none. */
export function LocalServers(): ReactNode {
  const say = useText("keys");
  const { data: status } = useAdmin("getStatus", {});
  const accept = useAdminAction("acceptProvider", ["getStatus", "listProviders"]);
  const servers = status?.localServers.filter((server) => !server.accepted) ?? [];
  if (servers.length === 0) return null;
  return (
    <section aria-label={say("localServers")}>
      <h2 className="mb-2 text-small font-medium text-ink-muted">{say("localServers")}</h2>
      <ul className="divide-y divide-line rounded-card border border-line bg-surface shadow-card">
        {servers.map((server) => (
          <li key={server.id} className="flex min-h-14 items-center gap-3 px-4 py-2">
            <span aria-hidden="true" className="grid size-8 shrink-0 place-items-center rounded-control bg-sunken text-ink-muted">
              <Server className="size-4" />
            </span>
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{server.name}</span>
              <span className="block truncate text-small text-ink-muted">
                {say("serverFound", { origin: server.origin })} · {say("models", { count: server.models })}
              </span>
            </span>
            <Button
              size="small"
              disabled={accept.isPending}
              onClick={() =>
                accept.mutate(
                  { parameters: { provider: server.id } },
                  { onSuccess: () => tellNews(say("accepted", { name: server.name })) },
                )
              }
            >
              {say("accept")}
            </Button>
          </li>
        ))}
      </ul>
      {accept.error === null ? null : (
        <p role="alert" className="mt-2 text-small text-bad">
          {wordsOf(accept.error)}
        </p>
      )}
    </section>
  );
}
