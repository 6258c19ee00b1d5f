import { type ReactNode, useState } from "react";
import type { PermissionRequest } from "#shared/contract/requests.ts";
import type { Permissions } from "#shared/schema/grant.ts";
import { admin, wordsOf } from "../../data/admin.ts";
import { refresh, useAdmin } from "../../data/queries.ts";
import { tellNews } from "../../parts/toasts.tsx";
import { useText } from "../../text/texts.ts";
import { GrantSheet } from "./grant-sheet.tsx";
import type { NewKey } from "./key-dialog.tsx";
import { RequestCard } from "./request-card.tsx";

/** Whoever asks to be let in, as they come. Nothing where nobody does. */
export function RequestsSection({ onKey }: { readonly onKey: (made: NewKey) => void }): ReactNode {
  const say = useText("tools");
  const requests = useAdmin("listRequests", {}).data?.requests ?? [];
  const [limited, setLimited] = useState<PermissionRequest | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const [failure, setFailure] = useState<string | null>(null);

  async function act(id: string, deed: () => Promise<string>): Promise<void> {
    setBusy(id);
    setFailure(null);
    try {
      tellNews(await deed());
    } catch (error) {
      setFailure(wordsOf(error));
    } finally {
      setBusy(null);
      await refresh("listRequests", "listGrants");
    }
  }

  async function allow({ id, proposal }: PermissionRequest, name: string, permissions: Permissions): Promise<void> {
    const { key, grant } = await admin("allowRequest", { parameters: { id }, body: { mode: "always", name, permissions } });
    setLimited(null);
    await refresh("listRequests", "listGrants");
    if (key === null) tellNews(say("allowedAs", { name: grant?.name ?? proposal.name }));
    else onKey({ name: grant?.name ?? name, key });
  }

  return (
    // The region is there before anything is in it: only so is a newcomer read aloud.
    <section aria-label={say("requestsTitle")} aria-live="polite">
      {requests.length === 0 && failure === null ? null : (
        <div className="mb-6">
          <div className="mb-3">
            <h2 className="text-heading font-semibold">{say("requestsTitle")}</h2>
            <p className="text-ink-muted">{say("requestsHelp")}</p>
          </div>
          {failure === null ? null : (
            <p role="alert" className="mb-3 rounded-card bg-bad-soft p-3 text-bad">
              {failure}
            </p>
          )}
          <div className="flex flex-col gap-3">
            {requests.map((request) => (
              <RequestCard
                key={request.id}
                request={request}
                isBusy={busy === request.id}
                onAllowOnce={() =>
                  void act(request.id, async () => {
                    await admin("allowRequest", { parameters: { id: request.id }, body: { mode: "once" } });
                    return say("allowedOnce");
                  })
                }
                onAllowWithLimits={() => setLimited(request)}
                onRefuse={() =>
                  void act(request.id, async () => {
                    await admin("denyRequest", { parameters: { id: request.id }, body: { forget: false } });
                    return say("refused");
                  })
                }
              />
            ))}
          </div>
        </div>
      )}
      {limited === null ? null : (
        <GrantSheet
          title={
            limited.grant === null
              ? say("limitsTitle", { name: limited.tool ?? limited.origin ?? limited.proposal.name })
              : say("limitsWiden", { name: limited.grant })
          }
          summary={say("claimHelp")}
          name={limited.proposal.name}
          permissions={limited.proposal.permissions}
          confirm={say("limitsConfirm")}
          onSave={(name, permissions) => allow(limited, name, permissions)}
          onClose={() => setLimited(null)}
        />
      )}
    </section>
  );
}
