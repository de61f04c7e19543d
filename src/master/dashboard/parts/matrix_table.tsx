// What every probe sees of every measurement, a cell each; of groups of probes what they see as one.
import { useMemo, useState } from "preact/hooks";
import type { Measurement, Probe } from "../api/types";
import { type Cell, type Matrix, type Row, rowsOf, type Sum, sumOf } from "../model/matrix";
import { wilson } from "../model/statistics";
import { ago, count, instant, ms, percent } from "../model/text";
import { change, href, route } from "../router";
import { Choose } from "./choose";
import { LossText, lossClass } from "./loss";

const trends = { up: "↑", down: "↓", same: "" };
const trendText = { up: ", slower than before", down: ", faster than before", same: "" };

/** What is in sight of many: the rest is one empty cell of its size on either side. */
interface Part {
  begin: number;
  end: number;
}

const byName = new Intl.Collator(undefined, { numeric: true }); // probe-9 before probe-10
const many = { rows: 40, columns: 24, probes: 200 };
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

/** `before`: of the instant that it is compared with. `now`: what age is counted from. */
export interface Shown {
  measurements: Measurement[];
  matrix: Matrix;
  before?: Matrix | undefined;
  now: number;
}

function Before({ cell }: { cell: Cell }) {
  const what = !cell.reached ? "not reached" : cell.lost ? percent(cell.lost / cell.sent) : "0 %";
  return <span class="rtt before">B: {what}, {ms(cell.rtt_us)}</span>;
}

function CellView({ cell, before, isOld, target }: { cell: Sum; before: Cell | undefined; isOld: boolean; target: string }) {
  const look = cell.reached && !cell.unreached ? `loss-${lossClass(wilson(cell.lost, cell.sent))}` : "loss-4";
  const title = `${instant(cell.started)}${cell.changed ? ", path changed" : ""}${trendText[cell.trend]}`;
  const absent = cell.cells > 1 ? `${cell.unreached} of ${cell.cells} not reached` : "not reached";
  return (
    <td class={isOld ? "old" : look}>
      <a href={target} title={title}>
        <span class="loss">
          {cell.unreached ? absent : <LossText lost={cell.lost} sent={cell.sent} />}
          {cell.changed && <span role="img" aria-label="path changed"> ⤭</span>}
        </span>
        <span class="rtt">
          {isOld ? ago(cell.started) : ms(cell.rtt_us)}
          {trends[cell.trend] && <span role="img" aria-label={trendText[cell.trend]}> {trends[cell.trend]}</span>}
        </span>
        {before && <Before cell={before} />}
      </a>
    </td>
  );
}

function RowHead({ row: { name, probes } }: { row: Row }) {
  const only = probes.length === 1 && probes[0]!.name === name ? probes[0] : undefined;
  const away = probes.filter(({ online }) => !online);
  return (
    <th scope="row">
      {only ? name : (
        <><button class="quiet group" onClick={() => change({ within: name, rows: "probe" })}>{name}</button>
          <span class="remark"> {count(probes.length, "probe")}</span></>
      )}
      {away.length > 0 && (
        <span class="offline">
          {only ? `offline${only.last_seen ? `, seen ${ago(only.last_seen)}` : ""}` : `${away.length} offline`}
        </span>
      )}
    </th>
  );
}

function RowView({ row, columns, measurements, matrix, before, now }: Shown & { row: Row; columns: Part }) {
  const { at, b } = route.value.parameters;
  const alone = row.probes.length === 1 ? row.probes[0]!.name : undefined;
  return (
    <tr>
      <RowHead row={row} />
      <GapCell n={columns.begin} />
      {measurements.slice(columns.begin, columns.end).map((each) => {
        const cell = sumOf(row, each.id, matrix);
        if (!cell) return <td key={each.id}><span class="pale" title="no trace in this time">·</span></td>;
        const isOld = (now - cell.started) / 1000 > 3 * each.interval_s + 30;
        return <CellView key={each.id} cell={cell} isOld={isOld} before={before && sumOf(row, each.id, before)}
          target={href("paths", { measurement: each.id, probe: alone, at, b })} />;
      })}
      <GapCell n={measurements.length - columns.end} />
    </tr>
  );
}

function Controls({ probes, rows }: { probes: Probe[]; rows: string }) {
  const { within, trouble } = route.value.parameters;
  if (!within && !trouble && probes.length <= many.rows && !probes.some(({ tags }) => tags.length)) return null;
  return (
    <div class="controls">
      {probes.some(({ tags }) => tags.length) && (
        <Choose name="rows" label="A row for each" initial={rows} options={[{ value: "probe", text: "probe" }, { value: "tag", text: "tag" }]} />
      )}
      <Choose name="trouble" label="Show" none="everything" options={[{ value: "1", text: "only trouble" }]} />
      {within && <button onClick={() => change({ within: undefined, rows: undefined })}>Not only {within}</button>}
    </div>
  );
}

/** Of many probes the worst come first; of only trouble, what has none stays out. */
function useRows(probes: Probe[], measurements: Measurement[], matrix: Matrix, by: string) {
  const { within, trouble } = route.value.parameters;
  return useMemo(() => {
    const chosen = within ? probes.filter(({ tags }) => tags.includes(within) || (within === "no tag" && !tags.length)) : probes;
    let rows = rowsOf(chosen, measurements, matrix, by);
    if (trouble) rows = rows.filter((row) => row.trouble > 0);
    if (rows.length > many.rows || by === "tag") rows.sort((a, b) => b.trouble - a.trouble || byName.compare(a.name, b.name));
    const columns = trouble
      ? measurements.filter(({ id }) => chosen.some(({ name }) => matrix.trouble(name, id) > 0)) : measurements;
    return { rows, columns };
  }, [probes, measurements, matrix, by, within, trouble]);
}

export function MatrixTable({ probes, ...shown }: Shown & { probes: Probe[] }) {
  const { measurements, matrix } = shown;
  const [scrolled, setScrolled] = useState({ top: 0, left: 0 });
  const tagged = probes.length > many.probes && probes.some(({ tags }) => tags.length);
  const by = route.value.parameters.rows ?? (tagged ? "tag" : "probe");
  const { rows, columns: all } = useRows(probes, measurements, matrix, by);
  const inRows = inSight(rows.length, many.rows, size.row, scrolled.top, innerHeight * 0.75);
  const columns = inSight(all.length, many.columns, size.column, scrolled.left, innerWidth);
  const large = rows.length > many.rows || all.length > many.columns;
  return (
    <>
      <Controls probes={probes} rows={by} />
      {!rows.length && <p class="pale">No trouble.</p>}
      <div class={`scroll ${large ? "large" : ""}`} tabIndex={0} role="region" aria-label="Probes and measurements"
        onScroll={({ currentTarget: { scrollTop, scrollLeft } }) => large && setScrolled({ top: scrollTop, left: scrollLeft })}>
        <table class="matrix" aria-rowcount={rows.length + 1} aria-colcount={all.length + 1}>
          <thead>
            <tr>
              <th scope="col">{by === "tag" ? "Tag" : "Probe"}</th>
              <GapCell n={columns.begin} />
              {all.slice(columns.begin, columns.end).map((each) => (
                <th key={each.id} scope="col"><a href={href("paths", { measurement: each.id })}>{each.name}</a></th>
              ))}
              <GapCell n={all.length - columns.end} />
            </tr>
          </thead>
          <tbody>
            <GapRow n={inRows.begin} />
            {rows.slice(inRows.begin, inRows.end).map((row) => <RowView key={row.name} {...shown} measurements={all} {...{ row, columns }} />)}
            <GapRow n={rows.length - inRows.end} />
          </tbody>
        </table>
      </div>
    </>
  );
}
