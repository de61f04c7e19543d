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

/** What is in sight of many: the rest is one empty cell of its size on either side. */
interface Part {
  begin: number;
  end: number;
}

const many = { rows: 40, columns: 24 };
const size = { row: 57, column: 120 };

/** `room`: pixels in sight at most. */
function inSight(all: number, most: number, each: number, scrolled: number, room: number): Part {
  if (all <= most) return { begin: 0, end: all };
  const shown = Math.min(all, Math.ceil(room / each) + 5);
  const begin = Math.max(0, Math.min(all - shown, Math.floor(scrolled / each) - 2));
  return { begin, end: begin + shown };
}

/** Empty cells or rows, `n` of them. */
function GapCell({ n }: { n: number }) {
  return n > 0 ? <td aria-hidden="true" style={{ minWidth: `${n * size.column}px` }} /> : null;
}

function GapRow({ n }: { n: number }) {
  return n > 0 ? <tr aria-hidden="true"><td style={{ height: `${n * size.row}px` }} /></tr> : null;
}

interface Shown {
  measurements: Measurement[];
  cells: Map<string, Cell>;
  now: number;
}

function Row({ probe, columns, measurements, cells, now }: Shown & { probe: Probe; columns: Part }) {
  return (
    <tr>
      <th scope="row">
        {probe.name}
        {!probe.online && (
          <span class="offline">offline{probe.last_seen ? `, seen ${ago(probe.last_seen, now)}` : ""}</span>
        )}
      </th>
      <GapCell n={columns.begin} />
      {measurements.slice(columns.begin, columns.end).map((each) => {
        const cell = cells.get(cellKey(probe.name, each.id));
        if (!cell) return <td key={each.id}><span class="pale" title="no trace since the master started">·</span></td>;
        const age = (now - Date.parse(cell.started_at)) / 1000;
        return <CellView key={each.id} cell={cell} isOld={age > 3 * each.interval_s + 30} />;
      })}
      <GapCell n={measurements.length - columns.end} />
    </tr>
  );
}

/** Of many probes the worst come first. */
function inOrder(probes: Probe[], { measurements, cells }: Shown): Probe[] {
  if (probes.length <= many.rows) return probes;
  const trouble = new Map(probes.map((each) => [each.name, troubleOf(each.name, measurements, cells)]));
  return [...probes].sort((a, b) => trouble.get(b.name)! - trouble.get(a.name)! || (a.name < b.name ? -1 : 1));
}

export function MatrixTable({ probes, ...shown }: Shown & { probes: Probe[] }) {
  const { measurements, cells } = shown;
  const [scrolled, setScrolled] = useState({ top: 0, left: 0 });
  const rows = useMemo(() => inOrder(probes, shown), [probes, measurements, cells]);
  const inRows = inSight(rows.length, many.rows, size.row, scrolled.top, innerHeight * 0.75);
  const columns = inSight(measurements.length, many.columns, size.column, scrolled.left, innerWidth);
  const large = rows.length > many.rows || measurements.length > many.columns;
  return (
    <div class={`scroll ${large ? "large" : ""}`} tabIndex={0} role="region" aria-label="Probes and measurements"
      onScroll={({ currentTarget: { scrollTop, scrollLeft } }) => large && setScrolled({ top: scrollTop, left: scrollLeft })}>
      <table class="matrix" aria-rowcount={rows.length + 1} aria-colcount={measurements.length + 1}>
        <thead>
          <tr>
            <th scope="col">Probe</th>
            <GapCell n={columns.begin} />
            {measurements.slice(columns.begin, columns.end).map((each) => (
              <th key={each.id} scope="col"><a href={href("paths", { measurement: each.id })}>{each.name}</a></th>
            ))}
            <GapCell n={measurements.length - columns.end} />
          </tr>
        </thead>
        <tbody>
          <GapRow n={inRows.begin} />
          {rows.slice(inRows.begin, inRows.end).map((probe) => <Row key={probe.name} probe={probe} columns={columns} {...shown} />)}
          <GapRow n={rows.length - inRows.end} />
        </tbody>
      </table>
    </div>
  );
}
