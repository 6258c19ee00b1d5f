import { clsx, type ClassValue } from "clsx";

/** Joins class names; what is false, null or undefined falls away. */
export function classNames(...values: readonly ClassValue[]): string {
  return clsx(values);
}
