// The line as sent. A segment's text is one character a byte, so offsets are exact; only for the
// eye is it read in the message's character set.

export interface Run {
  text: string;
  kind: 'tag' | 'data' | 'separator' | 'filler';
  /** Inside the bytes that were asked for. */
  marked: boolean;
  /** Index of the finding that points here, if one does. */
  pin: number | null;
}

export interface Mark {
  bytes: readonly [number, number];
}

export interface Separators {
  component: string;
  element: string;
  release: string;
  terminator: string;
}

/** Reads bytes, given one character a byte. */
export function decode(binary: string, charset: string): string {
  const bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0));
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return binary;
  }
}

/** Bytes as base64, in pieces that a call can take as its arguments. */
export function base64(bytes: Uint8Array): string {
  const piece = 0x8000;
  let binary = '';
  for (let at = 0; at < bytes.length; at += piece) {
    binary += String.fromCharCode(...bytes.subarray(at, at + piece));
  }
  return btoa(binary);
}

/** A segment cut into runs of one look each. */
export function runs(
  segment: { text: string; tag: string; bytes: readonly number[] },
  separators: Separators,
  filler: string,
  charset: string,
  marks: readonly Mark[],
  pins: readonly Mark[],
): Run[] {
  const start = segment.bytes[0] ?? 0;
  const kinds = classify(segment.text, segment.tag.length, separators, filler);
  const within = (mark: Mark, at: number) => at >= mark.bytes[0] && at < mark.bytes[1];
  const out: { run: Run; from: number; to: number }[] = [];
  for (let i = 0; i < segment.text.length; i++) {
    const at = start + i;
    const kind = kinds[i] ?? 'data';
    const marked = marks.some((m) => within(m, at));
    const found = pins.findIndex((p) => within(p, at));
    const pin = found < 0 ? null : found;
    const last = out.at(-1);
    if (last && last.run.kind === kind && last.run.marked === marked && last.run.pin === pin) {
      last.to = i + 1;
    } else {
      out.push({ run: { text: '', kind, marked, pin }, from: i, to: i + 1 });
    }
  }
  return out.map(({ run, from, to }) => ({
    ...run,
    text: decode(segment.text.slice(from, to), charset),
  }));
}

function classify(text: string, tag: number, s: Separators, filler: string): Run['kind'][] {
  const kinds: Run['kind'][] = [];
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (i < tag) kinds.push('tag');
    else if (c === filler) kinds.push('filler');
    else if (s.release && c === s.release && i + 1 < text.length) {
      kinds.push('separator', 'data');
      i++;
    } else if (c === s.component || c === s.element || c === s.terminator) kinds.push('separator');
    else kinds.push('data');
  }
  return kinds;
}
