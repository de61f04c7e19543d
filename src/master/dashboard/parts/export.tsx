// What is shown, as a file: the master writes it.
import type { Rounds } from "../api/graph";
import { largestPage, traceFile, tracesFile } from "../api/resources";
import type { Trace } from "../api/types";

const offers = [
  { format: "text", ending: "txt", label: "Text" }, { format: "json", ending: "json", label: "JSON" },
  { format: "atlas", ending: "atlas.json", label: "RIPE Atlas" }, { format: "csv", ending: "csv", label: "CSV" },
];

/** Just after the newest: what comes in later is not in the file. */
const endOf = (shown: Trace[]): string =>
  new Date(Math.max(...shown.map(({ started_at }) => Date.parse(started_at))) + 1).toISOString();

/** `shown`: some traces of `rounds`, the newest among them. `total`: how many there are in the picture. */
export function Export({ rounds, shown, total }: { rounds: Rounds; shown: Trace[]; total: number }) {
  const file = (format: string): string => tracesFile({ ...rounds, to: rounds.to ?? endOf(shown) }, format);
  return <Links file={file} remark={total > largestPage ? `the newest ${largestPage} of ${total}` : ""} />;
}

export const ExportOne = ({ id }: { id: string }) => <Links file={(format) => traceFile(id, format)} />;

function Links({ file, remark }: { file: (format: string) => string; remark?: string }) {
  return (
    <span role="group" aria-label="Export">
      {offers.map(({ format, ending, label }) => (
        <a class="button" key={format} href={file(format)} download={`traces.${ending}`}>{label}</a>
      ))}
      {remark && <span class="pale"> {remark}</span>}
    </span>
  );
}
