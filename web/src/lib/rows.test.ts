import { describe, expect, it } from 'vitest';
import { slice } from './rows';

describe('a slice of a long table', () => {
  it('covers the view and fills the rest with space', () => {
    for (const top of [0, 31, 3200, 15_999]) {
      const s = slice(500, 32, top, 600);
      expect(s.first * 32).toBeLessThanOrEqual(top);
      expect(s.last * 32).toBeGreaterThanOrEqual(Math.min(500 * 32, top + 600));
      expect(s.above + (s.last - s.first) * 32 + s.below).toBe(500 * 32);
      expect(s.last - s.first).toBeLessThan(60);
    }
  });

  it('draws short tables whole, also when scrolled too far', () => {
    expect(slice(3, 32, 0, 600)).toEqual({ first: 0, last: 3, above: 0, below: 0 });
    expect(slice(3, 32, 9_999, 600)).toEqual({ first: 0, last: 3, above: 0, below: 0 });
    expect(slice(0, 32, 0, 600)).toEqual({ first: 0, last: 0, above: 0, below: 0 });
  });
});
