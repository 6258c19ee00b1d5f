import { type ReactNode, useState } from "react";
import { useAdmin } from "../../data/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { Dialog } from "../../parts/dialogs.tsx";
import { SearchField } from "../../parts/search-field.tsx";
import { ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { useText } from "../../text/texts.ts";

/** Everything that ships with Postern, with its licence; the text opens under it. */
export function LicencesDialog({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }): ReactNode {
  const say = useText("settings");
  const { data, error, refetch } = useAdmin("listLicences", {}, { enabled: isOpen });
  const [query, setQuery] = useState("");
  const found = data?.packages.filter(({ name }) => name.includes(query.trim().toLowerCase()));
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={say("licences")} shape="sheet">
      <SearchField label={say("licencesSearch")} value={query} onChange={setQuery} className="mb-3" />
      {error !== null ? <ErrorState error={error} onRetry={() => void refetch()} /> : null}
      {data === undefined || found === undefined ? (
        error === null ? (
          <SkeletonRows rows={10} />
        ) : null
      ) : (
        <ul>
          {found.map(({ name, version, licence, text }) => (
            <li key={`${name}@${version}`} className="border-b border-line">
              <details>
                <summary className="flex min-h-9 items-center gap-2 rounded-control px-1">
                  <span className="min-w-0 truncate">{name}</span>
                  <span className="flex-1 text-small text-ink-muted">{version}</span>
                  <Badge>{licence}</Badge>
                </summary>
                <pre className="mb-3 overflow-x-auto rounded-control bg-sunken p-3 font-mono text-caption whitespace-pre-wrap" tabIndex={0}>
                  {text === null ? say("licenceNoText", { licence }) : data.texts[text]}
                </pre>
              </details>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
