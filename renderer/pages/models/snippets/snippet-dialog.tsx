import { type ReactNode, useState } from "react";
import { useAdmin } from "../../../data/queries.ts";
import { Select } from "../../../parts/select.tsx";
import { CodeBlock } from "../../../parts/code-block.tsx";
import { Dialog } from "../../../parts/dialogs.tsx";
import { Field } from "../../../parts/fields.tsx";
import { Tabs } from "../../../parts/tabs.tsx";
import { gatewayAddress } from "../../../shell/base-urls.ts";
import { useText } from "../../../text/texts.ts";
import { callNameOf, chooseOffer, hasFlag, type Model } from "../catalog/model-catalog.ts";
import { kindsOf } from "../catalog/modality-words.ts";
import { type Language, languages, type SnippetQuestion, writeSnippet } from "./write-snippets.ts";

/** A model to be called from elsewhere, and by which of its offers where one was pointed at. */
export interface SnippetSubject {
  readonly model: Model;
  /** As a call names it. */
  readonly callName?: string;
}

/** Programs that call a model, to be copied. */
export function SnippetDialog({
  subject,
  modalities,
  onClose,
}: {
  readonly subject: SnippetSubject | null;
  /** Of the catalog. */
  readonly modalities: readonly string[];
  readonly onClose: () => void;
}): ReactNode {
  const say = useText("models");
  return (
    <Dialog
      isOpen={subject !== null}
      onClose={onClose}
      title={subject === null ? "" : say("snippetTitle", { name: subject.model.name })}
      summary={say("snippetSummary")}
      size="wide"
    >
      {subject === null ? null : <Snippets key={subject.model.slug} subject={subject} modalities={modalities} />}
    </Dialog>
  );
}

function Snippets({ subject, modalities }: { readonly subject: SnippetSubject; readonly modalities: readonly string[] }): ReactNode {
  const say = useText("models");
  const { model } = subject;
  const { data: status } = useAdmin("getStatus", {});
  const best = chooseOffer(model);
  const [callName, setCallName] = useState(subject.callName ?? (best === null ? model.id : callNameOf(best)));
  const [language, setLanguage] = useState<Language>("curl");
  const address = status === undefined ? null : gatewayAddress(status.addresses);
  const question: SnippetQuestion = { address: address ?? "127.0.0.1:8787", model: callName, purpose: purposeOf(model, modalities) };
  const titles: Readonly<Record<Language, string>> = {
    curl: "curl",
    python: "Python",
    javascript: "JavaScript",
    environment: say("environment"),
  };
  const names = [...new Set(model.offers.map(callNameOf))];
  return (
    <div className="flex flex-col gap-4">
      {names.length > 1 ? (
        <Field label={say("snippetOffer")}>
          <Select value={callName} choices={names.map((name) => ({ value: name, words: name }))} onChange={setCallName} />
        </Field>
      ) : null}
      <Tabs
        label={say("snippetLanguage")}
        value={language}
        onChange={setLanguage}
        tabs={languages.map((name) => ({
          name,
          words: titles[name],
          content: <CodeBlock title={titles[name]} text={writeSnippet(name, question)} />,
        }))}
      />
      {model.offers.some((offer) => callNameOf(offer) === callName && offer.provider.callable) ? null : (
        <p className="text-small text-ink-muted">{say("snippetNoKey")}</p>
      )}
    </div>
  );
}

function purposeOf(model: Model, modalities: readonly string[]): SnippetQuestion["purpose"] {
  const gives = kindsOf(model.gives, modalities) ?? ["text"];
  if (gives.includes("text") || hasFlag(model, "tools")) return "chat";
  return gives.includes("embedding") ? "embedding" : gives.includes("image") ? "image" : "chat";
}
