// What is shown, as a file: the master writes it.
import { type TraceQuery, tracesFile } from "../api/resources";

const offers = [
  { format: "text", ending: "txt", label: "Text" }, { format: "json", ending: "json", label: "JSON" },
  { format: "atlas", ending: "atlas.json", label: "RIPE Atlas" }, { format: "csv", ending: "csv", label: "CSV" },
];

export function Export({ traces }: { traces: TraceQuery }) {
  return (
    <span role="group" aria-label="Export">
      {offers.map(({ format, ending, label }) => (
        <a class="button" key={format} href={tracesFile(traces, format)} download={`traces.${ending}`}>{label}</a>
      ))}
    </span>
  );
}
