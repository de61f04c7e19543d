// Pure: traces as results of RIPE Atlas, one for each flow, as its documentation of traceroute
// results has them (https://atlas.ripe.net/docs/apis/result-format/).
import type { Answer, Hop, Path, Trace } from "../api/types";

type Json = Record<string, unknown>;

/** What `err` says of an ICMP error that is no time exceeded. */
const letters: Record<string, string> = { net_unreachable: "N", host_unreachable: "H", prohibited: "A" };

/** The end of the way as traceroute has it: neither is an error. */
function errOf({ kind, icmp_code }: Answer): string | number | undefined {
  if (kind === "other_unreachable") return icmp_code === 2 ? "P" : icmp_code;
  return letters[kind];
}

function replyOf(answer: Answer): Json {
  const reply: Json = { from: answer.from, rtt: Number((answer.rtt_us / 1000).toFixed(3)) };
  if (answer.reply_ttl !== undefined) reply.ttl = answer.reply_ttl;
  if (answer.quoted_ttl !== undefined && answer.quoted_ttl !== 1) reply.ittl = answer.quoted_ttl;
  const err = errOf(answer);
  if (err !== undefined) reply.err = err;
  if (answer.mtu !== undefined) reply.mtu = answer.mtu;
  if (answer.kind === "syn_ack") reply.flags = "SA";
  if (answer.kind === "rst") reply.flags = "R";
  if (answer.labels?.length) {
    const mpls = answer.labels.map(({ label, traffic_class, bottom, ttl }) => ({ label, exp: traffic_class, s: bottom ? 1 : 0, ttl }));
    reply.icmpext = { version: 2, rfc4884: 1, obj: [{ class: 1, type: 1, mpls }] };
  }
  return reply;
}

function hopOf({ ttl, sent, answers }: Hop): Json {
  const silent = Array.from({ length: Math.max(0, sent - answers.length) }, () => ({ x: "*" }));
  return { hop: ttl, result: [...answers.map(replyOf), ...silent] };
}

function resultOf(trace: Trace, path: Path): Json {
  const start = Date.parse(trace.started_at) / 1000;
  const { target, source } = trace;
  return {
    // The numbers of RIPE are none of ours: 0. Who measured stands in the members at the end.
    fw: 5080, lts: -1, msm_id: 0, prb_id: 0, msm_name: "Traceroute", type: "traceroute",
    timestamp: Math.floor(start), endtime: Math.ceil(start + trace.took_us / 1e6),
    ...(source ? { from: source, src_addr: source } : {}),
    dst_name: target.host, ...(target.address ? { dst_addr: target.address } : {}),
    proto: trace.method.toUpperCase(), af: (target.address ?? source ?? "").includes(":") ? 6 : 4,
    paris_id: path.flow + 1,
    result: path.hops.filter(({ sent, answers }) => sent > 0 || answers.length > 0).map(hopOf),
    dtrace_probe: trace.probe, ...(trace.measurement ? { dtrace_measurement: trace.measurement.name } : {}), dtrace_trace: trace.id,
  };
}

/** A trace that could not be measured has one result, which says why. */
export function toAtlas(traces: Trace[]): string {
  const results = traces.flatMap((trace) => {
    if (trace.paths.length) return trace.paths.map((path) => resultOf(trace, path));
    const nothing = resultOf(trace, { flow: 0, reached: false, hops: [] });
    return [{ ...nothing, result: [{ hop: 1, error: trace.error ?? "nothing was sent" }] }];
  });
  return `${JSON.stringify(results, null, 1)}\n`;
}
