// Strips of states over time: pure arithmetic on spans, so that gaps stay gaps.
import type { State } from './tone';

export interface Span {
  from: string;
  to: string;
  state: State;
}

export interface Piece {
  /** Share of the window before the piece, 0 to 1. */
  start: number;
  /** Share of the window that the piece takes. */
  width: number;
  state: State;
  from: number;
  to: number;
}

/** Lays spans onto a window. What no span covers is `unknown`: no data is never up. */
export function layOut(spans: Span[], from: number, to: number): Piece[] {
  const length = to - from;
  if (!(length > 0)) return [];
  const pieces: Piece[] = [];
  const push = (a: number, b: number, state: State) => {
    if (b <= a) return;
    const last = pieces.at(-1);
    if (last && last.state === state && last.to === a) {
      last.to = b;
      last.width = (b - last.from) / length;
    } else {
      pieces.push({ start: (a - from) / length, width: (b - a) / length, state, from: a, to: b });
    }
  };
  let at = from;
  for (const span of [...spans].sort((a, b) => Date.parse(a.from) - Date.parse(b.from))) {
    const begin = Math.max(Date.parse(span.from), at);
    const end = Math.min(Date.parse(span.to), to);
    if (end <= begin) continue;
    push(at, begin, 'unknown');
    push(begin, end, span.state);
    at = end;
  }
  push(at, to, 'unknown');
  return pieces;
}

/** Seconds spent in each state. */
export function seconds(pieces: Piece[]): Record<State, number> {
  const total: Record<State, number> = { up: 0, degraded: 0, down: 0, unknown: 0 };
  for (const piece of pieces) total[piece.state] += (piece.to - piece.from) / 1000;
  return total;
}

/** Points with the gaps opened: where two points lie further apart than 2.5 steps, a `null`
 *  stands between them, so that no line is drawn over missing time. */
export function openGaps<T extends { t: string }>(points: T[], stepSeconds: number, empty: (t: string) => T): T[] {
  const far = stepSeconds * 2500;
  const out: T[] = [];
  for (const point of points) {
    const last = out.at(-1);
    if (last && Date.parse(point.t) - Date.parse(last.t) > far) {
      out.push(empty(new Date(Date.parse(last.t) + stepSeconds * 1000).toISOString()));
    }
    out.push(point);
  }
  return out;
}
