// What is shown, as a file.
import { useEffect, useState } from "preact/hooks";
import type { Trace } from "../api/types";
import { toAtlas } from "../model/atlas";
import { toCsv, toText } from "../model/export";

interface Offer {
  ending: string;
  label: string;
  type: string;
  make: (traces: Trace[]) => string;
}

const offers: Offer[] = [
  { ending: "txt", label: "Text", type: "text/plain", make: (traces) => traces.map(toText).join("\n") },
  { ending: "json", label: "JSON", type: "application/json", make: (traces) => JSON.stringify(traces, null, 1) },
  { ending: "atlas.json", label: "RIPE Atlas", type: "application/json", make: toAtlas },
  { ending: "csv", label: "CSV", type: "text/csv", make: toCsv },
];

export function Export({ traces }: { traces: Trace[] }) {
  const [made, setMade] = useState<{ url: string; name: string } | null>(null);
  useEffect(() => {
    if (!made) return;
    const link = document.createElement("a");
    link.href = made.url;
    link.download = made.name;
    link.click();
    const later = window.setTimeout(() => URL.revokeObjectURL(made.url), 10_000);
    return () => window.clearTimeout(later);
  }, [made]);
  return (
    <span role="group" aria-label="Export">
      {offers.map((offer) => (
        <button key={offer.ending} disabled={!traces.length} onClick={() => {
          const blob = new Blob([offer.make(traces)], { type: offer.type });
          setMade({ url: URL.createObjectURL(blob), name: `traces.${offer.ending}` });
        }}>{offer.label}</button>
      ))}
    </span>
  );
}
