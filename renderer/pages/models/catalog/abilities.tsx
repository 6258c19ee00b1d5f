import { Braces, Brain, DatabaseZap, Eye, LockKeyholeOpen, type LucideIcon, Wrench } from "lucide-react";
import type { modelFlags } from "#shared/schema/model-list.ts";
import type { TextKey, Texts } from "../../../text/texts.ts";

/** Something that a model can do, or that holds of it, with its sign. */
export interface Ability {
  readonly flag: keyof typeof modelFlags;
  readonly words: TextKey<Texts["models"]>;
  readonly help: TextKey<Texts["models"]>;
  readonly icon: LucideIcon;
}

/** What a model can do, in the order in which it is shown everywhere. */
export const abilities: readonly Ability[] = [
  { flag: "tools", words: "abilityTools", help: "abilityToolsHelp", icon: Wrench },
  { flag: "vision", words: "abilityVision", help: "abilityVisionHelp", icon: Eye },
  { flag: "reasoning", words: "abilityReasoning", help: "abilityReasoningHelp", icon: Brain },
  { flag: "json_schema", words: "abilityJson", help: "abilityJsonHelp", icon: Braces },
  { flag: "caching", words: "abilityCaching", help: "abilityCachingHelp", icon: DatabaseZap },
  { flag: "openWeights", words: "abilityOpen", help: "abilityOpenHelp", icon: LockKeyholeOpen },
];
