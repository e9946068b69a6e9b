// How uPlot draws: scales, axes, colours of the theme, cursor. And the arithmetic of zooming.
import type uPlot from 'uplot';
import type { Series } from './TimeChart.svelte';

export interface Wanted {
  box: HTMLElement;
  width: number;
  height: number;
  series: Series[];
  /** Seconds since the epoch. */
  from: number;
  to: number;
  format: (value: number) => string;
  time: (seconds: number, withSeconds: boolean) => string;
  sync?: string;
  onzoom: (from: number, to: number) => void;
  oncursor: (index: number | null) => void;
}

/** A drag shorter than this many pixels is a click. */
const DRAG_PIXELS_MIN = 6;
/** The shortest range that may be zoomed to. */
export const RANGE_SECONDS_MIN = 120;

/** What a token is worth on this element, as a colour that a canvas understands. */
function color(box: HTMLElement, token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  box.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

export function options(wanted: Wanted): uPlot.Options {
  const { box, format } = wanted;
  const ink = color(box, '--text-2');
  const grid = { stroke: color(box, '--line'), width: 1 };
  const font = `11px ${getComputedStyle(box).fontFamily}`;
  const mirrored = wanted.series.some((one) => one.mirror);
  return {
    width: wanted.width,
    height: wanted.height,
    legend: { show: false },
    padding: [8, 8, 0, 0],
    cursor: {
      ...(wanted.sync ? { sync: { key: wanted.sync, setSeries: false } } : {}),
      drag: { x: true, y: false, setScale: false, dist: DRAG_PIXELS_MIN },
      points: { size: 6 }
    },
    scales: {
      x: { time: true, range: () => [wanted.from, wanted.to] },
      y: { range: (_plot, low, high) => bounds(low, high, mirrored) }
    },
    axes: [
      { stroke: ink, font, grid, ticks: grid, size: 28, space: 90, values: (_plot, splits) => splits.map((at) => wanted.time(at, wanted.to - wanted.from < 600)) },
      { stroke: ink, font, grid, ticks: { ...grid, show: false }, size: 84, values: (_plot, splits) => splits.map((value) => format(Math.abs(value))) }
    ],
    series: [
      {},
      ...wanted.series.map((one): uPlot.Series => {
        const stroke = color(box, `--series-${one.color}`);
        return {
          label: one.label,
          stroke,
          width: 1.5,
          spanGaps: false,
          points: { show: false },
          ...(one.dash ? { dash: [5, 4] } : {}),
          ...(one.fill ? { fill: stroke.replace('rgb(', 'rgba(').replace(')', ', 0.12)') } : {})
        };
      })
    ],
    hooks: {
      setSelect: [
        (plot) => {
          if (plot.select.width < DRAG_PIXELS_MIN) return;
          const a = plot.posToVal(plot.select.left, 'x');
          const b = plot.posToVal(plot.select.left + plot.select.width, 'x');
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          if (b - a >= RANGE_SECONDS_MIN) wanted.onzoom(a, b);
        }
      ],
      setCursor: [(plot) => wanted.oncursor(plot.cursor.idx ?? null)]
    }
  };
}

/** The vertical range: from zero, with room above; symmetric only as far as the data is. */
export function bounds(low: number | null, high: number | null, mirrored: boolean): [number, number] {
  const top = Math.max(high ?? 0, 0);
  const bottom = Math.min(low ?? 0, 0);
  if (top === 0 && bottom === 0) return mirrored ? [-1, 1] : [0, 1];
  return [bottom * 1.06, top * 1.06];
}

/** The range that a key leads to, or nothing for other keys. */
export function zoomKey(key: string, from: number, to: number): { from: number; to: number } | undefined {
  const length = to - from;
  const middle = from + length / 2;
  const least = RANGE_SECONDS_MIN * 1000;
  switch (key) {
    case '+':
    case '=': {
      const half = Math.max(length / 4, least / 2);
      return { from: middle - half, to: middle + half };
    }
    case '-':
    case '−':
      return { from: middle - length, to: middle + length };
    case 'ArrowLeft':
      return { from: from - length / 4, to: to - length / 4 };
    case 'ArrowRight':
      return { from: from + length / 4, to: to + length / 4 };
    default:
      return undefined;
  }
}
