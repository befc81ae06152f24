import { describe, expect, it } from 'vitest';
import { hold } from './held';

const row = (id: string, version = 1) => ({ id, version });
const ids = (rows: { id: string }[]) => rows.map((r) => r.id).join('');

describe('the held order', () => {
  it('keeps every row in its place while new ones come above, between and below', () => {
    const now = hold([row('b'), row('d')], [row('a'), row('b'), row('c'), row('d'), row('e')]);
    expect(ids(now.rows)).toBe('bd');
    expect(now.arrived).toBe(3);
  });

  it('keeps its order when the server would turn it round', () => {
    expect(ids(hold([row('a'), row('b')], [row('b'), row('a')]).rows)).toBe('ab');
  });

  it('shows the newest version in the old place', () => {
    expect(hold([row('a'), row('b')], [row('b', 7), row('a')]).rows[1]?.version).toBe(7);
  });

  it('marks rows that left instead of taking them away', () => {
    const now = hold([row('a'), row('b')], [row('b')]);
    expect(ids(now.rows)).toBe('ab');
    expect([...now.gone]).toEqual(['a']);
  });

  it('never moves a row, whatever comes', () => {
    let seed = 1;
    const dice = (n: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % n;
    };
    for (let round = 0; round < 200; round++) {
      const shown = Array.from({ length: dice(20) }, (_, i) => row(`s${i}`));
      const fresh = [...shown.filter(() => dice(3) > 0), row('n1'), row('n2')].sort(
        () => dice(3) - 1,
      );
      expect(ids(hold(shown, fresh).rows)).toBe(ids(shown));
    }
  });
});
