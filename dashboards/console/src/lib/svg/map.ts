// Geometry of the schematic map: cards of sites and lines of circuits in real pixels, so that
// text keeps its size at every width. Pure.

export interface MapCircuit {
  id: string;
  a: string;
  z: string;
}

export interface Card {
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Line {
  id: string;
  path: string;
  /** The middle, where the label stands. */
  x: number;
  y: number;
}

export interface MapLayout {
  width: number;
  height: number;
  cards: Card[];
  lines: Line[];
}

const CARD_HEIGHT = 106;
/** Narrower than this, sites stand below each other. */
const NARROW = 590;
const LABEL = { width: 164, height: 40, gap: 8 };

/** Lays out sites and their circuits in `width` pixels. */
export function layOutMap(width: number, sites: string[], circuits: MapCircuit[]): MapLayout {
  return width < NARROW ? column(width, sites, circuits) : ring(width, sites, circuits);
}

/** Circuits between the same two sites, in the order of the list. */
export function pairs(circuits: MapCircuit[]): Map<string, MapCircuit[]> {
  const found = new Map<string, MapCircuit[]>();
  for (const circuit of circuits) {
    const key = [circuit.a, circuit.z].sort().join('\n');
    found.set(key, [...(found.get(key) ?? []), circuit]);
  }
  return found;
}

function ring(width: number, sites: string[], circuits: MapCircuit[]): MapLayout {
  const cardWidth = Math.min(250, Math.max(200, width * 0.27));
  const most = Math.max(1, ...[...pairs(circuits).values()].map((list) => list.length));
  const height = Math.min(520, Math.max(380, 300 + most * 44));
  const [cx, cy] = [width / 2, height / 2];
  const [rx, ry] = [Math.min((width - cardWidth) / 2 - 8, 430), (height - CARD_HEIGHT) / 2 - 8];
  const cards = sites.map((id, index): Card => {
    // Three sites stand as a triangle on its base, others on the ellipse.
    const angle = -Math.PI / 2 + (index * 2 * Math.PI) / Math.max(1, sites.length);
    const [dx, dy] = sites.length === 1 ? [0, 0] : [Math.cos(angle), Math.sin(angle)];
    const stretchX = sites.length === 3 && index > 0 ? dx / 0.866 : dx;
    const stretchY = sites.length === 3 && index > 0 ? 1 : dy;
    return { id, x: cx + stretchX * rx - cardWidth / 2, y: cy + stretchY * ry - CARD_HEIGHT / 2, width: cardWidth, height: CARD_HEIGHT };
  });
  const lines: Line[] = [];
  for (const group of pairs(circuits).values()) {
    group.forEach((circuit, index) => {
      const line = curve(circuit.id, cards, group[0]!, { index, count: group.length, centre: [cx, cy] });
      if (line) lines.push(line);
    });
  }
  return { width, height, cards, lines };
}

interface Lane {
  index: number;
  count: number;
  centre: [number, number];
}

/** A line between two cards, bent to its lane, with its label on the bend. Level lines spread to
 *  both sides, others away from the centre of the map. */
function curve(id: string, cards: Card[], ends: MapCircuit, { index, count, centre }: Lane): Line | undefined {
  const from = cards.find((card) => card.id === ends.a);
  const to = cards.find((card) => card.id === ends.z);
  if (!from || !to || from === to) return undefined;
  const [x1, y1] = [from.x + from.width / 2, from.y + from.height / 2];
  const [x2, y2] = [to.x + to.width / 2, to.y + to.height / 2];
  // Lanes lie side by side across the line, just far enough apart for their labels.
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [px, py] = [(y2 - y1) / length, -(x2 - x1) / length];
  const apart = Math.min((LABEL.width + LABEL.gap) / Math.abs(px), (LABEL.height + LABEL.gap) / Math.abs(py));
  const level = Math.abs(y2 - y1) < 1;
  const outward = px * ((x1 + x2) / 2 - centre[0]) + py * ((y1 + y2) / 2 - centre[1]) < 0 ? -1 : 1;
  const lane = level ? index - (count - 1) / 2 : outward * index;
  const [mx, my] = [(x1 + x2) / 2 + px * apart * lane, (y1 + y2) / 2 + py * apart * lane];
  // The control point lies twice as far out as the middle of the curve.
  const [qx, qy] = [2 * mx - (x1 + x2) / 2, 2 * my - (y1 + y2) / 2];
  return { id, path: `M${r(x1)} ${r(y1)}Q${r(qx)} ${r(qy)} ${r(x2)} ${r(y2)}`, x: r(mx), y: r(my) };
}

function column(width: number, sites: string[], circuits: MapCircuit[]): MapLayout {
  const order = new Map(sites.map((id, index) => [id, index]));
  // Neighbours are joined straight down; others around the right side.
  const known = circuits.filter((circuit) => order.has(circuit.a) && order.has(circuit.z) && circuit.a !== circuit.z);
  const between = sites.map((_, index) => known.filter((c) => Math.min(order.get(c.a)!, order.get(c.z)!) === index && Math.abs(order.get(c.a)! - order.get(c.z)!) === 1));
  const around = known.filter((c) => Math.abs(order.get(c.a)! - order.get(c.z)!) > 1);
  const side = around.length > 0 ? 28 : 0;
  const cardWidth = width - 2 - side;
  const cards: Card[] = [];
  const lines: Line[] = [];
  let y = 1;
  sites.forEach((id, index) => {
    cards.push({ id, x: 1, y, width: cardWidth, height: CARD_HEIGHT });
    const across = cardWidth >= 2 * (LABEL.width + 4) ? 2 : 1;
    const rows = Math.ceil(between[index]!.length / across);
    const gap = index === sites.length - 1 ? 0 : 24 + Math.max(1, rows) * (LABEL.height + LABEL.gap);
    between[index]!.forEach((circuit, lane) => {
      const count = between[index]!.length;
      const share = across === 2 && count > 1 ? ((lane % 2) + 0.5) / 2 : (lane + 1) / (count + 1);
      const x = r(share * cardWidth);
      const row = Math.floor(lane / across);
      lines.push({ id: circuit.id, path: `M${x} ${y + CARD_HEIGHT}V${y + CARD_HEIGHT + gap}`, x, y: r(y + CARD_HEIGHT + 12 + LABEL.height / 2 + row * (LABEL.height + LABEL.gap)) });
    });
    y += CARD_HEIGHT + gap;
  });
  let height = y + 1;
  around.forEach((circuit, index) => {
    const [top, bottom] = [order.get(circuit.a)!, order.get(circuit.z)!].sort((p, q) => p - q).map((at) => cards[at]!.y + CARD_HEIGHT / 2);
    const out = cardWidth + 14 + index * 5;
    lines.push({ id: circuit.id, path: `M${cardWidth} ${top}H${out}V${height + 12}M${out} ${bottom}H${cardWidth}`, x: r(width - LABEL.width / 2 - 2), y: r(height + 12 + LABEL.height / 2) });
    height += LABEL.height + LABEL.gap + 6;
  });
  return { width, height: height + (around.length > 0 ? 12 : 0), cards, lines };
}

const r = (value: number): number => Math.round(value * 10) / 10;

/** Breaks a name into at most `most` lines of about `wide` characters; the rest is cut with …. */
export function lines(text: string, wide: number, most: number): string[] {
  const out: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = out.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= wide) out[out.length - 1] = `${last} ${word}`;
    else out.push(word);
  }
  if (out.length <= most) return out;
  const kept = out.slice(0, most);
  kept[most - 1] = `${kept[most - 1]!.slice(0, wide - 1)}…`;
  return kept;
}

export const labelSize = LABEL;
