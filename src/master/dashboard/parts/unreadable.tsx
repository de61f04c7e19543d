import { count } from "../model/text";

/** What an answer had to leave out; nothing, where it is whole. `one`, `many`: of what. */
export function Unreadable({ number, one, many }: { number: number | undefined; one: string; many?: string }) {
  if (!number) return null;
  return <p class="remark" role="note">The database is damaged: {count(number, one, many)} could not be read and {number === 1 ? "is" : "are"} left out.</p>;
}
