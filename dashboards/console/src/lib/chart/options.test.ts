// Zooming by keys and the range of the vertical axis.
import { describe, expect, it } from 'vitest';
import { bounds, RANGE_SECONDS_MIN, zoomKey } from './options';

const HOUR = 3600e3;

describe('keys', () => {
  it('zoom around the middle', () => {
    expect(zoomKey('+', 0, 4 * HOUR)).toEqual({ from: HOUR, to: 3 * HOUR });
    expect(zoomKey('-', HOUR, 3 * HOUR)).toEqual({ from: 0, to: 4 * HOUR });
  });
  it('never zoom closer than readings are', () => {
    const least = RANGE_SECONDS_MIN * 1000;
    expect(zoomKey('+', 0, least)).toEqual({ from: 0, to: least });
  });
  it('move by a quarter', () => {
    expect(zoomKey('ArrowLeft', 4 * HOUR, 8 * HOUR)).toEqual({ from: 3 * HOUR, to: 7 * HOUR });
    expect(zoomKey('ArrowRight', 4 * HOUR, 8 * HOUR)).toEqual({ from: 5 * HOUR, to: 9 * HOUR });
  });
  it('leave other keys alone', () => expect(zoomKey('Tab', 0, HOUR)).toBeUndefined());
});

describe('the vertical axis', () => {
  it('begins at zero and leaves room above', () => expect(bounds(20, 100, false)).toEqual([0, 106]));
  it('reaches below zero only for what is mirrored', () => expect(bounds(-50, 100, true)).toEqual([-53, 106]));
  it('has a height without data', () => {
    expect(bounds(null, null, false)).toEqual([0, 1]);
    expect(bounds(0, 0, true)).toEqual([-1, 1]);
  });
});
