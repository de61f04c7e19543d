// Pure: traces in other forms.
import type { Trace } from "../api/types";

const columns = ["trace", "probe", "measurement", "target", "started_at", "flow", "ttl", "sent", "from", "name", "kind", "rtt_us"];

/** RFC 4180; a cell never begins like a formula, whatever a name server said. */
function cell(value: string | number | undefined): string {
  let text = String(value ?? "");
  if (/^[=+\-@\t]/.test(text) && typeof value === "string") text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One line for each answer, one for each silent hop. */
export function toCsv(traces: Trace[]): string {
  const lines = [columns.join(",")];
  for (const trace of traces)
    for (const path of trace.paths)
      for (const hop of path.hops) {
        const head = [trace.id, trace.probe, trace.measurement?.name, trace.target.host, trace.started_at, path.flow, hop.ttl, hop.sent];
        const answers = hop.answers.length ? hop.answers : [undefined];
        for (const answer of answers)
          lines.push([...head, answer?.from, answer?.name, answer?.kind, answer?.rtt_us].map(cell).join(","));
      }
  return `${lines.join("\r\n")}\r\n`;
}

/** As traceroute prints it, each flow by itself. */
export function toText(trace: Trace): string {
  const lines = [`traceroute to ${trace.target.host} (${trace.target.address ?? "?"}), from ${trace.probe}, ${trace.started_at}`];
  for (const path of trace.paths) {
    if (trace.paths.length > 1) lines.push(`flow ${path.flow}`);
    for (const hop of path.hops) {
      const host = hop.answers[0];
      const who = host ? `${host.name ?? host.from} (${host.from})` : "";
      const times = hop.answers.map((answer) => `${(answer.rtt_us / 1000).toFixed(3)} ms`);
      const silent = Math.max(0, hop.sent - hop.answers.length);
      lines.push(`${String(hop.ttl).padStart(2)}  ${[who, ...times, ...Array<string>(silent).fill("*")].filter(Boolean).join("  ")}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
