import { useCallback, useMemo } from "react";
import { wordsOf } from "../../../data/admin.ts";
import { useFavouriteNames } from "../../../data/favourites.ts";
import { tellNews } from "../../../parts/toasts.tsx";
import { callNameOf, chooseOffer, type Model } from "./model-catalog.ts";

/** What the person wants to find first. */
export interface Favourites {
  readonly isFavourite: (model: Model) => boolean;
  /** Makes it one, or makes it none. */
  readonly toggle: (model: Model) => void;
}

/** Favourites are kept as calls name them; any name of a model counts. */
export function useFavourites(): Favourites {
  const [names, change] = useFavouriteNames();
  const isFavourite = useMemo(() => {
    const known = new Set(names);
    // A search asks of every model, at each key.
    const answers = new WeakMap<Model, boolean>();
    return (model: Model): boolean => {
      if (known.size === 0) return false;
      let isOne = answers.get(model);
      if (isOne === undefined) answers.set(model, (isOne = namesOf(model).some((name) => known.has(name))));
      return isOne;
    };
  }, [names]);
  const toggle = useCallback(
    (model: Model) => {
      const own = new Set(namesOf(model));
      const offer = chooseOffer(model);
      change((now) => {
        const others = now.filter((name) => !own.has(name));
        return others.length < now.length ? others : [...now, offer === null ? model.id : callNameOf(offer)];
      }).catch((error: unknown) => tellNews(wordsOf(error), { isBad: true }));
    },
    [change],
  );
  return { isFavourite, toggle };
}

function namesOf(model: Model): readonly string[] {
  return [model.id, model.slug, ...model.offers.map(callNameOf)];
}
