// The catalogues say the same things, and the formats say them as people read them.
import { describe, expect, it } from 'vitest';
import { en } from './en';
import * as format from './format';
import { vi } from './vi';

type Leaf = string | ((...a: never[]) => string);
function leaves(node: object, path = ''): [string, Leaf][] {
  return Object.entries(node).flatMap(([key, value]): [string, Leaf][] =>
    typeof value === 'object' && value !== null ? leaves(value as object, `${path}${key}.`) : [[`${path}${key}`, value as Leaf]]
  );
}

describe('catalogues', () => {
  const english = new Map(leaves(en));
  const vietnamese = new Map(leaves(vi));

  it('have the same keys', () => {
    expect([...vietnamese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('say something under every key, as a text or as a function of both', () => {
    for (const [key, value] of vietnamese) {
      expect(typeof value, key).toBe(typeof english.get(key));
      if (typeof value === 'string') expect(value.trim(), key).not.toBe('');
    }
  });

  it('mention every argument in both languages', () => {
    for (const [key, value] of english) {
      if (typeof value !== 'function') continue;
      const ask = (f: Leaf) => (f as (...a: unknown[]) => string)(...Array.from({ length: value.length }, (_, index) => `⟦${index}⟧`));
      const marks = (text: string) => [...new Set(text.match(/⟦\d⟧/g) ?? [])].sort();
      expect(marks(ask(vietnamese.get(key)!)), key).toEqual(marks(ask(value)));
    }
  });

  it('differ: what reads the same in both is a name or a symbol', () => {
    const same = [...english].filter(([key, value]) => typeof value === 'string' && vietnamese.get(key) === value).map(([key]) => key);
    const names = /^(app\.name|language\.|interface\.(perSecond|mtu)$|plan\.pdf$|months\.(csv|hash)$)/;
    expect(same.filter((key) => !names.test(key))).toEqual([]);
  });
});

describe('formats', () => {
  it('write numbers as the language does', () => {
    expect(format.number('en', 1234567.891, 1)).toBe('1,234,567.9');
    expect(format.number('vi', 1234567.891, 1)).toBe('1.234.567,9');
    expect(format.percentText('vi', '99.981234')).toBe('99,981234%');
    expect(format.percentText('en', '99.981234')).toBe('99.981234 %');
  });

  it('scale rates by thousands and octets by 1024', () => {
    const check = (bps: number, expected: string) => expect(format.bitRate('en', bps)).toBe(expected);
    check(0, '0 bit/s');
    check(999, '999 bit/s');
    check(1_250_000_000, '1.25 Gbit/s');
    check(999_960, '1.00 Mbit/s');
    expect(format.octets('en', 1536)).toBe('1.50 KiB');
    expect(format.octets('vi', 0)).toBe('0 B');
  });

  it('tell a span by its two largest units', () => {
    const check = (seconds: number, expected: string) => expect(format.duration('en', seconds)).toBe(expected);
    check(0, '0 s');
    check(0.0012, '1.20 ms');
    check(0.9996, '1.0 s');
    check(12, '12 s');
    check(59.7, '1 min');
    check(90, '1 min 30 s');
    check(3600, '1 h');
    check(90061, '1 d 1 h');
    check(86400 + 59, '1 d');
    check(-5, '−5 s');
    expect(format.duration('vi', 7384)).toBe('2 giờ 3 phút');
  });

  it('never show less of a budget than was used', () => {
    expect(format.clockSpan(466.56)).toBe('7:47');
    expect(format.clockSpan(0)).toBe('0:00');
    expect(format.clockSpan(3723)).toBe('1:02:03');
    expect(format.clockSpan(-61)).toBe('−1:01');
  });

  it('write instants in the zone that is asked for, days in none', () => {
    expect(format.dateTime('en', 'Asia/Ho_Chi_Minh', '2026-11-22T17:30:00Z')).toBe('23/11/2026, 00:30');
    expect(format.dateTime('en', 'UTC', '2026-11-22T17:30:05Z', true)).toBe('22/11/2026, 17:30:05');
    expect(format.day('en', '2026-11-22')).toBe('22/11/2026');
    expect(format.civilDay('Asia/Ho_Chi_Minh', Date.parse('2026-11-22T17:30:00Z'))).toBe('2026-11-23');
  });

  it('write a reading with its unit', () => {
    expect(format.reading('en', 31.42, 'celsius')).toBe('31.4 °C');
    expect(format.reading('vi', 0.415, 'ratio')).toBe('41,5%');
    expect(format.reading('en', 2550, 'seconds')).toBe('42 min 30 s');
    expect(format.reading('en', 7, 'furlongs')).toBe('7.00');
  });
});
