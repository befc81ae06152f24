import { describe, expect, it } from 'vitest';
import * as parts from './parts';

// Without the marks that keep directions of writing apart.
const plain = (text: string) => text.replace(/[\u2068\u2069]/g, '');
const missing = (of: Parameters<typeof parts.missing>[0]) => plain(parts.missing(of));
const due = (until: string, now: number) => plain(parts.due(until, now));

const transfer = (parts: number[], has_last: boolean) => ({
  reference: 'ZQ0417/261104',
  function: 'full_push',
  sent: null,
  missing: parts,
  has_last,
});

describe('what is said of parts that have not come', () => {
  it('names each missing part', () => {
    expect(missing(transfer([2], true))).toBe('Part 2 of a full push has not come.');
    expect(missing(transfer([2, 4], true))).toBe('Parts 2, 4 of a full push have not come.');
  });

  it('says that the end is missing, alone or beside other parts', () => {
    expect(missing(transfer([], false))).toBe('The last part of a full push has not come.');
    expect(missing(transfer([1], false))).toBe(
      'Part 1 of a full push has not come. The last part of a full push has not come.',
    );
  });

  it('is late from the moment on that the profile names', () => {
    const until = '2026-11-22T09:30:00Z';
    expect(due(until, Date.parse(until))).toContain('until 2026-11-22\u00a009:30Z');
    expect(due(until, Date.parse(until) + 1)).toContain('since 2026-11-22\u00a009:30Z');
  });
});
