// The columns of mtr: who answers at each TTL, how often, how fast.
import type { AddressInfo } from "../api/graph";
import type { HopRow } from "../model/hop_rows";
import { Fragment } from "preact";
import { quantile } from "../model/statistics";
import { ms, percent, placeText } from "../model/text";
import { LossBar } from "./loss";

/** Where the RTTs of a hop lie, on the scale of the whole table. */
function Spread({ row, top }: { row: HopRow; top: number }) {
  if (!row.rtts_us.length) return null;
  const x = (q: number): number => (100 * quantile(row.rtts_us, q)!) / top;
  return (
    <svg class="bar passes" viewBox="0 0 100 14" preserveAspectRatio="none" role="img"
      aria-label={`RTT ${ms(row.best_us)} to ${ms(row.worst_us)}, half of them ${ms(quantile(row.rtts_us, 0.25))} to ${ms(quantile(row.rtts_us, 0.75))}`}>
      <rect class="ground" x={x(0)} y="6" width={Math.max(0.7, x(1) - x(0))} height="2" />
      <rect class="range" x={x(0.25)} y="2" width={Math.max(0.9, x(0.75) - x(0.25))} height="10" />
      <line class="point" x1={x(0.5)} x2={x(0.5)} y1="0" y2="14" vector-effect="non-scaling-stroke" />
    </svg>
  );
}

const listed = 6; // of parallel routers; the graph shows them all

/** A long name breaks before a dot. */
const Dotted = ({ name }: { name: string }) =>
  <>{name.split(".").map((part, i) => <Fragment key={i}>{i > 0 && <><wbr />.</>}{part}</Fragment>)}</>;

function Host({ row }: { row: HopRow }) {
  if (!row.hosts.length) return <span class="pale">{row.sent ? "does not answer" : "…"}</span>;
  return (
    <>
      {row.hosts.slice(0, listed).map((host) => (
        <span class="host" key={host.address}>
          <Dotted name={host.name} /> <span class={host.name ? "address named" : "address"}>{host.address}</span>
          {row.hosts.length > 1 && <span class="pale"> {percent(host.answered / row.answered)}</span>}
        </span>
      ))}
      {row.hosts.length > listed && <span class="remark">and {row.hosts.length - listed} more</span>}
      {row.labels.length > 0 && <span class="remark">MPLS {row.labels.map((each) => each.label).join(", ")}</span>}
      {row.kinds.length > 0 && row.kinds.some((kind) => !/echo_reply|syn_ack|port_unreachable|rst/.test(kind)) && (
        <span class="remark"> {row.kinds.join(", ").replaceAll("_", " ")}</span>
      )}
    </>
  );
}

type Known = Map<string, AddressInfo>;

const isTold = (info: AddressInfo | undefined): boolean => info !== undefined && (info.asn !== undefined || placeText(info) !== "");

/** Each network and place once. Who a network belongs to stands behind it. Where there is little room, its number does. */
function Networks({ row, known }: { row: HopRow; known: Known }) {
  const infos = row.hosts.slice(0, listed).flatMap(({ address }) => known.get(address) ?? []).filter(isTold);
  const each = new Map(infos.map((info) => [`${info.asn} ${placeText(info)}`, info]));
  return (
    <>
      {[...each].map(([key, info]) => (
        <span class="host" key={key} title={info.organisation}>
          {info.asn !== undefined && `AS${info.asn} `}<span class={info.asn === undefined ? "remark" : "remark wide"}>{placeText(info)}</span>
        </span>
      ))}
    </>
  );
}

/** `known`: of addresses. Where no network and no place is, there is no column for them. */
export function HopTable({ rows, caption, known }: { rows: HopRow[]; caption: string; known: Known }) {
  const networks = rows.some(({ hosts }) => hosts.some(({ address }) => isTold(known.get(address))));
  const top = Math.max(1, ...rows.map((row) => row.worst_us ?? 0));
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Hops">
      <table class="plain hops">
        <caption class="remark">{caption}</caption>
        <thead>
          <tr>
            <th class="number">TTL</th><th>Who answers</th>{networks && <th>Network</th>}<th class="number">No answer</th><th class="number wide">Sent</th>
            <th class="number wide">Last</th><th class="number">Median</th><th class="number wide">Best</th>
            <th class="number wide">Worst</th><th class="number wide">Dev</th><th class="wide">RTT</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.ttl}>
              <td class="number">{row.ttl}</td>
              <td><Host row={row} /></td>
              {networks && <td><Networks row={row} known={known} /></td>}
              <td class="number">
                {row.sent > 0 && (
                  <>
                    {percent(1 - row.answered / row.sent)}
                    <LossBar loss={row.silence} estimate={1 - row.answered / row.sent} passes={row.passes || row.silence.low === 0} />
                    {row.passes && <span class="remark">traffic passes</span>}
                  </>
                )}
              </td>
              <td class="number wide">{row.sent}</td>
              <td class="number wide">{ms(row.last_us)}</td>
              <td class="number">{ms(row.median_us)}</td>
              <td class="number wide">{ms(row.best_us)}</td>
              <td class="number wide">{ms(row.worst_us)}</td>
              <td class="number wide">{ms(row.deviation_us)}</td>
              <td class="wide"><Spread row={row} top={top} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
