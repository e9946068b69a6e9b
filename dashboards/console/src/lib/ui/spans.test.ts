// Strips and gaps: what is not known is never drawn as known.
import { describe, expect, it } from 'vitest';
import { layOut, openGaps, seconds, type Span } from './spans';

const T0 = Date.parse('2026-11-22T00:00:00Z');
const at = (s: number) => new Date(T0 + s * 1000).toISOString();
const span = (from: number, to: number, state: Span['state']): Span => ({ from: at(from), to: at(to), state });

/** The only code that knows the shape of a piece. */
function check(spans: Span[], expected: string) {
  const pieces = layOut(spans, T0, T0 + 100_000);
  expect(pieces.map((piece) => `${piece.state} ${(piece.from - T0) / 1000}-${(piece.to - T0) / 1000}`).join(', ')).toBe(expected);
  expect(pieces.reduce((sum, piece) => sum + piece.width, 0)).toBeCloseTo(1, 9);
}

describe('a strip', () => {
  it('is unknown where there is no span', () => {
    check([], 'unknown 0-100');
    check([span(20, 40, 'up')], 'unknown 0-20, up 20-40, unknown 40-100');
  });
  it('is cut to its window', () => check([span(-50, 30, 'up'), span(30, 400, 'down')], 'up 0-30, down 30-100'));
  it('joins neighbours of one state', () => check([span(0, 30, 'up'), span(30, 100, 'up')], 'up 0-100'));
  it('takes spans in any order and counts no time twice', () => check([span(50, 100, 'down'), span(0, 60, 'up')], 'up 0-60, down 60-100'));
  it('draws nothing in an empty window', () => expect(layOut([span(0, 1, 'up')], T0, T0)).toEqual([]));
  it('sums to the window', () => {
    const total = seconds(layOut([span(0, 10, 'up'), span(10, 12, 'down')], T0, T0 + 100_000));
    expect(total).toEqual({ up: 10, degraded: 0, down: 2, unknown: 88 });
  });
});

describe('points', () => {
  const point = (s: number, value: number | null) => ({ t: at(s), value });
  const open = (points: { t: string; value: number | null }[]) => openGaps(points, 60, (t) => ({ t, value: null })).map((one) => one.value);

  it('stay joined while they follow each other', () => expect(open([point(0, 1), point(60, 2), point(121, 3)])).toEqual([1, 2, 3]));
  it('are parted by a gap where readings are missing', () => expect(open([point(0, 1), point(600, 2)])).toEqual([1, null, 2]));
  it('keep the gaps that they have', () => expect(open([point(0, 1), point(60, null), point(120, 2)])).toEqual([1, null, 2]));
});
