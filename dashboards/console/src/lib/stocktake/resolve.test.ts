import { describe, expect, test } from 'vitest';
import { hear, known, plain } from './resolve';

const at = (rack: string) => ({ site: 'vnta', room: 'dc1', rack });
const list = known(
  [
    { tag: 'TW-1', serial: 'FOC1', class: 'switch', model: null, place: at('r01') },
    { tag: 'TW-4', serial: 'SAME', class: 'switch', model: null, place: at('r05') },
    { tag: 'TW-5', serial: 'SAME', class: 'switch', model: null, place: at('r05') }
  ],
  [at('r01'), at('r05')]
);
const verdict = (code: string, rack = 'r01', seen: string[] = []) => hear(code, at(rack), list, new Set(seen)).verdict;

describe('a scan is answered from the list at hand', () => {
  test.each([
    ['TW-1', 'r01', 'expected'],
    ['foc1', 'r01', 'expected'],
    ['https://tierwatch.example/assets/TW-1?x=1', 'r01', 'expected'],
    ['tw1', 'r05', 'elsewhere'],
    ['SAME', 'r05', 'ambiguous'],
    ['nobody', 'r01', 'stranger'],
    ['R05', 'r01', 'place']
  ])('%s at %s is %s', (code, rack, expected) => expect(verdict(code, rack)).toBe(expected));

  test('the same thing by its tag and by its serial number is scanned already', () => {
    const first = hear('TW-1', at('r01'), list, new Set());
    expect(verdict('FOC1', 'r01', [first.subject])).toBe('again');
    expect(verdict('NO-BODY', 'r01', [hear('nobody', at('r01'), list, new Set()).subject])).toBe('again');
  });

  test('letters of every language count', () => expect(plain('Máy-Tính 01')).toBe('máytính01'));
});
