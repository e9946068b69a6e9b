import { describe, expect, it } from 'vitest';
import { Selection } from './selection.svelte';

describe('a selection', () => {
  it('holds tags of several pages and names them', () => {
    const chosen = new Selection();
    chosen.choose(['A', 'B'], true, ['A', 'B', 'C']);
    chosen.choose(['D'], true, ['D', 'E']);
    chosen.choose(['A'], false, ['A', 'B', 'C']);
    expect(chosen.count).toBe(2);
    expect(chosen.query()).toEqual({ tags: 'B,D' });
  });

  it('of all that match is the filter, until a row is taken out', () => {
    const chosen = new Selection();
    chosen.chooseAll({ class: 'laptop' }, 321);
    expect([chosen.count, chosen.has('X'), chosen.query()]).toEqual([321, true, { class: 'laptop' }]);
    chosen.choose(['B'], false, ['A', 'B']);
    expect(chosen.query()).toEqual({ tags: 'A' });
    chosen.clear();
    expect(chosen.count).toBe(0);
  });
});
