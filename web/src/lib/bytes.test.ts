import { describe, expect, it } from 'vitest';
import { base64, decode, runs } from './bytes';

const SEPARATORS = { component: ':', element: '+', release: '?', terminator: "'" };
const segment = (text: string, start: number) => ({
  text,
  tag: text.slice(0, 3),
  bytes: [start, start + text.length],
});

function look(text: string, start: number, marks: [number, number][], charset = 'iso-8859-1') {
  return runs(
    segment(text, start),
    SEPARATORS,
    '#',
    charset,
    marks.map((bytes) => ({ bytes })),
    [],
  )
    .map((r) => (r.marked ? `[${r.text}]` : r.kind === 'separator' ? `~${r.text}` : r.text))
    .join('');
}

describe('the line as sent', () => {
  it('marks exactly the bytes asked for', () => {
    expect(look("NAD+FL+++DOE:ANN'", 812, [[821, 824]])).toBe("NAD~+FL~+++[DOE]~:ANN~'");
  });

  it('shows a released separator as data', () => {
    expect(look("FTX+A?+B'", 0, [])).toBe("FTX~+A~?+B~'");
    expect(
      runs(segment("FTX+A?+B'", 0), SEPARATORS, '#', 'iso-8859-1', [], []).map((r) => r.kind),
    ).toEqual(['tag', 'separator', 'data', 'separator', 'data', 'separator']);
  });

  it('counts bytes, not letters', () => {
    const utf8 = String.fromCharCode(...new TextEncoder().encode("NAD+FL+++ÖRN:É'"));
    expect(look(utf8, 0, [[9, 13]], 'utf-8')).toBe("NAD~+FL~+++[ÖRN]~:É~'");
  });

  it('tells what was taken out from what was sent', () => {
    const kinds = runs(segment("FTX+###'", 0), SEPARATORS, '#', 'iso-8859-1', [], []);
    expect(kinds.map((r) => r.kind)).toEqual(['tag', 'separator', 'filler', 'separator']);
  });

  it('says which finding points at which bytes', () => {
    const pinned = runs(
      segment("DTM+329:990231'", 10),
      SEPARATORS,
      '#',
      'utf-8',
      [],
      [{ bytes: [18, 24] }],
    );
    expect(pinned.find((r) => r.pin === 0)?.text).toBe('990231');
  });

  it('reads bytes as they are when the character set is not known', () => {
    expect(decode('ABC', 'no-such-set')).toBe('ABC');
  });
});

it('bytes come back from base64, however many', () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => (at * 7) % 256);
  const back = Uint8Array.from(atob(base64(bytes)), (c) => c.charCodeAt(0));
  expect(back).toEqual(bytes);
  expect(base64(new Uint8Array())).toBe('');
});
