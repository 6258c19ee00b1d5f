import { Check, Code, Columns3, GitFork, MessageSquare, Star } from "lucide-react";
import type { ReactNode } from "react";
import { useAdmin } from "../../../data/queries.ts";
import { Badge } from "../../../parts/badge.tsx";
import { Button, IconButton } from "../../../parts/button.tsx";
import { classNames } from "../../../parts/class-names.ts";
import { CopyButton } from "../../../parts/copy.tsx";
import { Dialog } from "../../../parts/dialogs.tsx";
import { ErrorState, SkeletonRows } from "../../../parts/states.tsx";
import { useText } from "../../../text/texts.ts";
import { abilities } from "../catalog/abilities.tsx";
import { chooseOffer, hasFlag, isCallable, type Model, type Offer } from "../catalog/model-catalog.ts";
import { Facts } from "./facts.tsx";
import { HuggingFace } from "./hugging-face.tsx";
import { Hosts } from "./hosts.tsx";
import { Offers } from "./offers.tsx";
import { Section } from "./section.tsx";

/** What can be done with a model, and with one of its offers. */
export interface SheetDeeds {
  readonly chat: (offer: Offer) => void;
  readonly makeAlias: (offer: Offer) => void;
  readonly showSnippet: (model: Model, offer?: Offer) => void;
  readonly toggleFavourite: (model: Model) => void;
  readonly toggleCompare: (model: Model) => void;
}

interface ModelSheetProps {
  /** Null while none is open; undefined where the URL names one that no list has. */
  readonly model: Model | null | undefined;
  readonly isFavourite: boolean;
  readonly isCompared: boolean;
  readonly deeds: SheetDeeds;
  readonly onClose: () => void;
}

/** Everything that is known of one model: what it can do, who offers it for how much, who serves it, who likes it. */
export function ModelSheet({ model, isFavourite, isCompared, deeds, onClose }: ModelSheetProps): ReactNode {
  const say = useText("models");
  return (
    <Dialog
      isOpen={model !== null}
      onClose={onClose}
      shape="sheet"
      title={model === null ? "" : (model?.name ?? say("noSuchModel"))}
      summary={model === null || model === undefined ? undefined : <Summary model={model} />}
    >
      {model === undefined ? <p className="text-ink-muted">{say("noSuchModelHelp")}</p> : null}
      {model === null || model === undefined ? null : (
        <Opened key={model.slug} model={model} isFavourite={isFavourite} isCompared={isCompared} deeds={deeds} />
      )}
    </Dialog>
  );
}

function Summary({ model }: { readonly model: Model }): ReactNode {
  const say = useText("models");
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
      {model.maker === null ? null : <span>{model.maker.name}</span>}
      <code className="min-w-0 font-mono text-small break-all">{model.id}</code>
      {hasFlag(model, "deprecated") ? <Badge tone="warn">{say("retired")}</Badge> : null}
    </span>
  );
}

function Opened({
  model,
  isFavourite,
  isCompared,
  deeds,
}: Omit<ModelSheetProps, "model" | "onClose"> & { readonly model: Model }): ReactNode {
  const say = useText("models");
  const details = useAdmin("compareModels", { body: { models: [model.slug] } });
  const figures = useAdmin("readModelFigures", { body: { model: model.slug } });
  const summary = details.data?.models[0];
  const offer = chooseOffer(model);
  const held = abilities.filter(({ flag }) => hasFlag(model, flag));
  const icon = { "aria-hidden": true, className: "size-4" } as const;
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-wrap items-center gap-2">
        <Button
          kind="primary"
          disabled={offer === null}
          icon={<MessageSquare {...icon} />}
          onClick={() => {
            if (offer !== null) deeds.chat(offer);
          }}
        >
          {say("chat")}
        </Button>
        <Button
          disabled={offer === null}
          icon={<GitFork {...icon} />}
          onClick={() => {
            if (offer !== null) deeds.makeAlias(offer);
          }}
        >
          {say("makeAlias")}
        </Button>
        <Button icon={<Code {...icon} />} onClick={() => deeds.showSnippet(model)}>
          {say("snippet")}
        </Button>
        <span className="flex-1" />
        <CopyButton text={model.id} name={say("modelId")} size="normal" />
        <IconButton
          label={isCompared ? say("uncompareTip") : say("compareTip")}
          aria-pressed={isCompared}
          icon={isCompared ? <Check {...icon} className="size-4 text-accent-ink" /> : <Columns3 {...icon} />}
          onClick={() => deeds.toggleCompare(model)}
        />
        <IconButton
          label={isFavourite ? say("unstarTip") : say("starTip")}
          aria-pressed={isFavourite}
          icon={<Star aria-hidden="true" className={classNames("size-4", isFavourite && "fill-warn text-warn")} />}
          onClick={() => deeds.toggleFavourite(model)}
        />
      </div>
      {isCallable(model) ? null : <p className="-mt-3 text-small text-ink-muted">{say("noKeyYet")}</p>}
      {held.length === 0 ? null : (
        <ul aria-label={say("columnAbilities")} className="-mt-2 flex flex-wrap gap-1.5">
          {held.map(({ flag, words, icon: Icon }) => (
            <li key={flag} className="flex h-6 items-center gap-1.5 rounded-full bg-hover px-2.5 text-small text-ink-soft">
              <Icon aria-hidden="true" className="size-3.5" strokeWidth={1.75} />
              {say(words)}
            </li>
          ))}
        </ul>
      )}
      {details.isError ? (
        <ErrorState error={details.error} onRetry={() => void details.refetch()} />
      ) : summary === undefined ? (
        details.isPending ? (
          <SkeletonRows rows={10} />
        ) : (
          <p className="text-ink-muted">{say("noSuchModelHelp")}</p>
        )
      ) : (
        <>
          <Facts summary={summary} license={figures.data?.hugging_face?.license ?? null} site={figures.data?.site ?? null} />
          <Section title={say("offersTitle", { count: summary.endpoints.length })}>
            <Offers model={model} endpoints={summary.endpoints} measured={figures.data?.measured ?? []} deeds={deeds} />
          </Section>
          {(figures.data?.hosted ?? []).map(({ gateway, id, hosts }) => (
            <Section key={`${gateway} ${id}`} title={say("hostsTitle", { name: nameOf(model, gateway) })} note={id}>
              <Hosts hosts={hosts} />
            </Section>
          ))}
          {summary.hugging_face_id === null ? null : (
            <Section title={say("huggingFace")}>
              <HuggingFace
                id={summary.hugging_face_id}
                metrics={figures.data?.hugging_face ?? null}
                isLoading={figures.isPending}
                error={figures.error}
                onRetry={() => void figures.refetch()}
              />
            </Section>
          )}
        </>
      )}
    </div>
  );
}

function nameOf(model: Model, provider: string): string {
  return model.offers.find((offer) => offer.provider.id === provider)?.provider.name ?? provider;
}
