// The matrix with what one needs to read it, now or at an instant.
import { useMemo } from "preact/hooks";
import { getMatrix } from "../api/matrix";
import type { Measurement, Probe } from "../api/types";
import { type Loaded, useLoaded } from "../load";
import { Matrix, measured } from "../model/matrix";
import { count } from "../model/text";
import { Legend } from "./loss";
import { MatrixTable } from "./matrix_table";
import { Unreadable } from "./unreadable";

/** `every`: how often it is loaded anew; 0: never. */
export const useMatrix = (at: string | undefined, every: number): Loaded<Matrix> =>
  useLoaded(async (abort) => new Matrix(await getMatrix(at, abort), at), [at], every);

/** The one that it is compared with; null: with none. */
export const useMatrixBefore = (b: string | undefined): Loaded<Matrix | null> =>
  useLoaded(async (abort) => (b ? new Matrix(await getMatrix(b, abort), b) : null), [b], 0);

export function MatrixPart({ probes, measurements, matrix, before }: {
  probes: Probe[];
  measurements: Measurement[];
  matrix: Matrix;
  before: Matrix | null | undefined;
}) {
  const columns = useMemo(() => measured(measurements), [measurements]);
  return (
    <>
      <MatrixTable probes={probes} measurements={columns} matrix={matrix} before={before ?? undefined} now={matrix.at ? Date.parse(matrix.at) : Date.now()} />
      {matrix.truncated && (
        <p class="remark" role="note">
          {count(matrix.size, "cell")} of at most {probes.length * columns.length}: more than 20,000 traces of that time are kept, and no more
          are looked at. Paths and Time show every pair.
        </p>
      )}
      <Unreadable number={matrix.unreadable} one={matrix.at ? "trace of that time" : "earlier trace"} many={matrix.at ? "traces of that time" : "earlier traces"} />
      <Legend />
      <p class="remark">
        Loss on the way to the target and back over the last two rounds, as far as it is certain (95 %); median
        round-trip time. ⤭: links that the round before did not show.
      </p>
    </>
  );
}
