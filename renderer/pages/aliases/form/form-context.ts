import { type ComponentType, createContext, useContext } from "react";
import type { StoredConfig } from "#shared/schema/routing.ts";
import type { Leaf } from "../draft/find-leaves.ts";
import type { NodePath } from "../draft/nodes.ts";
import type { AliasWorld } from "../use-world.ts";

/** A group, and where it stands. */
export interface GroupProps {
  readonly node: StoredConfig;
  readonly path: NodePath;
  /** What the nodes around it say. */
  readonly from: Leaf;
}

/** What every part of the form shares. */
export interface FormParts {
  readonly world: AliasWorld;
  /** The name of the one under change: it cannot be its own target. */
  readonly name: string;
  /** Changes the node at a place. */
  readonly change: (path: NodePath, change: (node: StoredConfig) => StoredConfig) => void;
  /** What is wrong at a place of the config, or below it; null where nothing is. */
  readonly messageAt: (path: NodePath, ...members: readonly PropertyKey[]) => string | null;
  /** Draws a group inside a target's row: groups hold targets, and targets can be groups. */
  readonly GroupForm: ComponentType<GroupProps>;
  readonly isOpen: (id: string) => boolean;
  readonly setOpen: (id: string, isOpen: boolean) => void;
}

/** Given by `ConfigForm`. */
export const FormContext = createContext<FormParts | null>(null);

/** The parts of the form around. @throws {Error} outside of one */
export function useForm(): FormParts {
  const parts = useContext(FormContext);
  if (parts === null) throw new Error("Cannot use the form's parts: there is no form around");
  return parts;
}
