import { useEffect, useMemo, useState } from "react";
import type { StoredConfig } from "#shared/schema/routing.ts";
import { useAdmin } from "../../../data/queries.ts";
import type { AliasWorld } from "../use-world.ts";

/** What a target can be made of. */
export interface TargetChoice {
  readonly id: string;
  readonly kind: "alias" | "config" | "model" | "provider" | "anywhere";
  /** What the target then says. */
  readonly members: Pick<StoredConfig, "provider" | "model" | "config">;
  readonly provider: string | null;
  readonly title: string;
  readonly isCallable: boolean;
}

/** What is offered for a search. */
export interface TargetChoices {
  readonly choices: readonly TargetChoice[];
  readonly isLoading: boolean;
}

const waitMs = 120;
const most = 60;

/**
 * What fits a search: other aliases and saved configs, models of the catalog with each provider that has them, a provider
 * alone, and the words as they stand. What a call could reach now comes first.
 *
 * @param self the name of the one under change, which is not offered
 */
export function useTargetChoices(search: string, world: AliasWorld, self: string, isOpen: boolean): TargetChoices {
  const asked = useLate(search.trim());
  const slash = asked.indexOf("/");
  const gateway = slash > 0 && world.providers.has(asked.slice(0, slash)) ? asked.slice(0, slash) : null;
  const text = gateway === null ? asked.replaceAll("/", " ") : asked.slice(slash + 1).replaceAll("/", " ");
  const query = useAdmin(
    "queryModels",
    {
      body: {
        ...(text === "" ? {} : { text: text.slice(0, 200) }),
        ...(gateway === null ? {} : { gateway }),
        callable: asked === "",
        limit: 40,
      },
    },
    { enabled: isOpen, isKept: true },
  );
  const choices = useMemo(() => {
    const models = (query.data?.data ?? []).flatMap((model) =>
      model.endpoints.flatMap((endpoint) =>
        gateway === null || endpoint.gateway === gateway ? [modelChoice(endpoint.gateway, endpoint.id, endpoint.callable)] : [],
      ),
    );
    const sorted = models.toSorted((one, other) => Number(other.isCallable) - Number(one.isCallable));
    return [...storedChoices(world, self, asked), ...sorted.slice(0, most), ...typedChoices(asked, gateway, world, models)];
  }, [query.data, world, self, asked, gateway]);
  return { choices, isLoading: query.isFetching || asked !== search.trim() };
}

function storedChoices(world: AliasWorld, self: string, asked: string): TargetChoice[] {
  const fits = (name: string): boolean => name !== self && name.toLowerCase().includes(asked.toLowerCase());
  const choice = (kind: "alias" | "config", name: string): TargetChoice => ({
    id: `${kind}:${name}`,
    kind,
    members: { config: name },
    provider: null,
    title: name,
    isCallable: true,
  });
  const aliases = world.aliases.filter(({ name, source }) => fits(name) && (source !== "shipped" || asked !== ""));
  return [
    ...aliases.map(({ name }) => choice("alias", name)),
    ...world.configs.filter(({ name }) => fits(name)).map(({ name }) => choice("config", name)),
  ].slice(0, 12);
}

function modelChoice(provider: string, model: string, isCallable: boolean): TargetChoice {
  return { id: `model:${provider}/${model}`, kind: "model", members: { provider, model }, provider, title: model, isCallable };
}

/** The catalog cannot know everything: what is typed can always be had. */
function typedChoices(asked: string, gateway: string | null, world: AliasWorld, models: readonly TargetChoice[]): TargetChoice[] {
  if (asked === "") return [];
  if (gateway !== null) {
    const model = asked.slice(gateway.length + 1);
    const isListed = model === "" || models.some(({ title }) => title === model);
    return isListed ? [] : [{ ...modelChoice(gateway, model, world.providers.get(gateway)?.state === "ready"), id: "typed" }];
  }
  const providers = [...world.providers.values()]
    .filter(({ id, name }) => id.includes(asked.toLowerCase()) || name.toLowerCase().includes(asked.toLowerCase()))
    .slice(0, 5)
    .map(({ id, name, state }): TargetChoice => ({
      id: `provider:${id}`,
      kind: "provider",
      members: { provider: id },
      provider: id,
      title: name,
      isCallable: state === "ready",
    }));
  const anywhere: TargetChoice = {
    id: "anywhere",
    kind: "anywhere",
    members: { model: asked },
    provider: null,
    title: asked,
    isCallable: true,
  };
  return [...providers, anywhere];
}

/** The text as it was when it last rested for a moment. */
function useLate(text: string): string {
  const [late, setLate] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setLate(text), waitMs);
    return () => clearTimeout(timer);
  }, [text]);
  return late;
}
