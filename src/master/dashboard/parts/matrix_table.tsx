// What every probe sees of every measurement, a cell each.
import { useMemo, useState } from "preact/hooks";
import type { Measurement, Probe } from "../api/types";
import { type Cell, cellKey, troubleOf } from "../model/matrix";
import { wilson } from "../model/statistics";
import { ago, instant, ms } from "../model/text";
import { href } from "../router";
import { LossText, lossClass } from "./loss";

const trends = { up: "↑", down: "↓", same: "" };
const trendText = { up: ", slower than before", down: ", faster than before", same: "" };

function CellView({ cell, isOld }: { cell: Cell; isOld: boolean }) {
  const look = cell.reached ? `loss-${lossClass(wilson(cell.lost, cell.sent))}` : "loss-4";
  const target = href("paths", { measurement: cell.measurement, probe: cell.probe });
  const title = `${instant(cell.started_at)}${cell.changed ? ", path changed" : ""}${trendText[cell.trend]}`;
  return (
    <td class={isOld ? "old" : look}>
      <a href={target} title={title}>
        <span class="loss">
          {cell.reached ? <LossText lost={cell.lost} sent={cell.sent} /> : "not reached"}
          {cell.changed && <span aria-label="path changed"> ⤭</span>}
        </span>
        <span class="rtt">
          {isOld ? ago(cell.started_at) : ms(cell.rtt_us)}
          {trends[cell.trend] && <span aria-label={trendText[cell.trend]}> {trends[cell.trend]}</span>}
        </span>
      </a>
    </td>
  );
}

function Row({ probe, measurements, cells, now }: {
  probe: Probe;
  measurements: Measurement[];
  cells: Map<string, Cell>;
  now: number;
}) {
  return (
    <tr>
      <th scope="row">
        {probe.name}
        {!probe.online && (
          <span class="offline">offline{probe.last_seen ? `, seen ${ago(probe.last_seen, now)}` : ""}</span>
        )}
      </th>
      {measurements.map((each) => {
        const cell = cells.get(cellKey(probe.name, each.id));
        if (!cell) return <td key={each.id}><span class="pale" title="no trace since the master started">·</span></td>;
        const age = (now - Date.parse(cell.started_at)) / 1000;
        return <CellView key={each.id} cell={cell} isOld={age > 3 * each.interval_s + 30} />;
      })}
    </tr>
  );
}

const many = 40; // rows; of more only those in sight are there, the worst first
const row_px = 57;

/** Rows that are out of sight, as one empty row of their height. */
function Gap({ rows }: { rows: number }) {
  return rows > 0 ? <tr aria-hidden="true"><td style={{ height: `${rows * row_px}px` }} /></tr> : null;
}

export function MatrixTable({ probes, measurements, cells, now }: {
  probes: Probe[];
  measurements: Measurement[];
  cells: Map<string, Cell>;
  now: number;
}) {
  const [top, setTop] = useState(0);
  const long = probes.length > many;
  const rows = useMemo(() => {
    if (!long) return probes;
    const trouble = new Map(probes.map((each) => [each.name, troubleOf(each.name, measurements, cells)]));
    return [...probes].sort((a, b) => trouble.get(b.name)! - trouble.get(a.name)! || (a.name < b.name ? -1 : 1));
  }, [probes, measurements, cells]);
  const begin = long ? Math.max(0, Math.min(rows.length - many, Math.floor(top / row_px) - 10)) : 0;
  const shown = long ? rows.slice(begin, begin + many) : rows;
  return (
    <div class={`scroll ${long ? "tall" : ""}`} tabIndex={0} role="region" aria-label="Probes and measurements"
      onScroll={(event) => long && setTop(event.currentTarget.scrollTop)}>
      <table class="matrix" aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            <th scope="col">Probe</th>
            {measurements.map((each) => (
              <th key={each.id} scope="col"><a href={href("paths", { measurement: each.id })}>{each.name}</a></th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap rows={begin} />
          {shown.map((probe) => <Row key={probe.name} {...{ probe, measurements, cells, now }} />)}
          <Gap rows={rows.length - begin - shown.length} />
        </tbody>
      </table>
    </div>
  );
}
