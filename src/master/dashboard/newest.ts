import { type MutableRef, useRef } from "preact/hooks";

/** What was given when the part was last drawn, for listeners that were told once. */
export function useNewest<T>(value: T): Readonly<MutableRef<T>> {
  const newest = useRef(value);
  newest.current = value;
  return newest;
}
