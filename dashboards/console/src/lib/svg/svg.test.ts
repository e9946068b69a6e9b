// Geometry of drawings.
import { describe, expect, it } from 'vitest';
import { labelSize, layOutMap, lines } from './map';
import { sparkPath } from './spark';

describe('a sparkline', () => {
  it('opens a gap and shows a lone reading as a dot', () => {
    expect(sparkPath([1, 2, null, 3, null, 1, 1], 60, 20)).toBe('M0.0 18.0L10.0 10.0M30.0 2.0h0.1M50.0 18.0L60.0 18.0');
  });
  it('is a level line for one value and nothing for none', () => {
    expect(sparkPath([5, 5], 10, 20)).toBe('M0.0 10.0L10.0 10.0');
    expect(sparkPath([null, undefined], 10, 20)).toBe('');
  });
});

describe('the map', () => {
  const sites = ['vnta', 'mic', 'rfd'];
  const circuits = [
    { id: 'a', a: 'vnta', z: 'mic' },
    { id: 'b', a: 'mic', z: 'vnta' },
    { id: 'c', a: 'vnta', z: 'rfd' },
    { id: 'd', a: 'mic', z: 'rfd' }
  ];
  const overlap = (p: { x: number; y: number }, q: { x: number; y: number }) =>
    Math.abs(p.x - q.x) < labelSize.width && Math.abs(p.y - q.y) < labelSize.height;

  for (const width of [300, 340, 364, 390, 480, 560, 590, 600, 720, 1100, 1500]) {
    it(`keeps everything inside and apart at ${width} pixels`, () => {
      const map = layOutMap(width, sites, circuits);
      expect(map.lines.map((line) => line.id).sort()).toEqual(['a', 'b', 'c', 'd']);
      for (const card of map.cards) {
        expect(card.x).toBeGreaterThanOrEqual(0);
        expect(card.y).toBeGreaterThanOrEqual(0);
        expect(card.x + card.width).toBeLessThanOrEqual(width);
        expect(card.y + card.height).toBeLessThanOrEqual(map.height);
      }
      for (const [index, line] of map.lines.entries()) {
        expect(line.x - labelSize.width / 2).toBeGreaterThanOrEqual(-8);
        expect(line.x + labelSize.width / 2).toBeLessThanOrEqual(width + 8);
        expect(line.y + labelSize.height / 2).toBeLessThanOrEqual(map.height);
        for (const other of map.lines.slice(index + 1)) expect(overlap(line, other), `${line.id} over ${other.id}`).toBe(false);
        for (const card of map.cards) {
          const centre = { x: card.x + card.width / 2, y: card.y + card.height / 2 };
          const clear = Math.abs(line.x - centre.x) >= (card.width + labelSize.width) / 2 - 1 || Math.abs(line.y - centre.y) >= (card.height + labelSize.height) / 2 - 1;
          expect(clear, `${line.id} over the card of ${card.id}`).toBe(true);
        }
      }
    });
  }

  it('leaves out circuits to sites that the reader does not see', () => {
    expect(layOutMap(800, ['vnta'], circuits).lines).toEqual([]);
    expect(layOutMap(300, ['vnta'], circuits).lines).toEqual([]);
  });

  it('breaks long names and cuts what does not fit', () => {
    expect(lines('Vietnam Telecommunications Authority HQ', 22, 3)).toEqual(['Vietnam', 'Telecommunications', 'Authority HQ']);
    expect(lines('one two three four', 5, 2)).toEqual(['one', 'two…']);
  });
});
