// What every probe sees of every measurement, a cell each.
import type { Measurement, Probe } from "../api/types";
import { type Cell, cellKey } from "../model/matrix";
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

export function MatrixTable({ probes, measurements, cells, now }: {
  probes: Probe[];
  measurements: Measurement[];
  cells: Map<string, Cell>;
  now: number;
}) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Probes and measurements">
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col">Probe</th>
            {measurements.map((each) => (
              <th key={each.id} scope="col"><a href={href("paths", { measurement: each.id })}>{each.name}</a></th>
            ))}
          </tr>
        </thead>
        <tbody>
          {probes.map((probe) => (
            <tr key={probe.name}>
              <th scope="row">
                {probe.name}
                {!probe.online && (
                  <span class="offline">offline{probe.last_seen ? `, seen ${ago(probe.last_seen, now)}` : ""}</span>
                )}
              </th>
              {measurements.map((each) => {
                const cell = cells.get(cellKey(probe.name, each.id));
                if (!cell) return <td key={each.id}><span class="pale" title="no trace yet">·</span></td>;
                const age = (now - Date.parse(cell.started_at)) / 1000;
                return <CellView key={each.id} cell={cell} isOld={age > 3 * each.interval_s + 30} />;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
