import { describe, expect, it } from 'vitest';
import { fromField, toField } from './zone';

describe('the time of a site', () => {
  it('is not that of the browser', () => {
    expect(toField('2026-11-29T15:00:00Z', 'Asia/Ho_Chi_Minh')).toBe('2026-11-29T22:00');
    expect(fromField('2026-11-29T22:00', 'Asia/Ho_Chi_Minh')).toBe('2026-11-29T15:00:00.000Z');
  });
  it('follows a change of the clock', () => {
    expect(fromField('2026-03-28T22:00', 'Europe/Paris')).toBe('2026-03-28T21:00:00.000Z');
    expect(fromField('2026-03-29T22:00', 'Europe/Paris')).toBe('2026-03-29T20:00:00.000Z');
    expect(fromField('2026-03-29T03:30', 'Europe/Paris')).toBe('2026-03-29T01:30:00.000Z');
  });
  it('says nothing for an empty field', () => {
    expect(fromField('', 'UTC')).toBeUndefined();
  });
});
