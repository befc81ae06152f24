// Recomputes what the colours promise: contrast of every pair, and severities that colour-blind
// eyes tell apart.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

type Rgb = [number, number, number];

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');
function theme(selector: string): Record<string, Rgb> {
  const block = css.slice(css.indexOf(selector)).split('}')[0] ?? '';
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): #([0-9a-f]{6});/g)].map(([, name, hex]) => [
      name,
      [0, 2, 4].map((i) => Number.parseInt((hex ?? '').slice(i, i + 2), 16) / 255) as Rgb,
    ]),
  );
}
const THEMES = { light: theme(':root {'), dark: theme("[data-theme='dark'] {") };

const linear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const gamma = (c: number) => (c <= 0.0031308 ? c * 12.92 : 1.055 * c ** (1 / 2.4) - 0.055);

function luminance(c: Rgb): number {
  const [r, g, b] = c.map(linear) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: Rgb, b: Rgb): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

// Machado, Oliveira, Fernandes 2009, full severity, on linear light.
const SIGHT: Record<string, Rgb[]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
const seen = (c: Rgb, by: Rgb[]) => {
  const l = c.map(linear) as Rgb;
  return by.map((row) =>
    gamma(Math.min(1, Math.max(0, row[0] * l[0] + row[1] * l[1] + row[2] * l[2]))),
  ) as Rgb;
};

function lab(c: Rgb): Rgb {
  const [r, g, b] = c.map(linear) as Rgb;
  const f = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 / 116) * t + 16 / 116);
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** CIEDE2000. */
function distance(a: Rgb, b: Rgb): number {
  const [l1, a1, b1] = lab(a);
  const [l2, a2, b2] = lab(b);
  const rad = Math.PI / 180;
  const c7 = ((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2) ** 7;
  const g = 0.5 * (1 - Math.sqrt(c7 / (c7 + 25 ** 7)));
  const [p1, p2] = [(1 + g) * a1, (1 + g) * a2];
  const [c1, c2] = [Math.hypot(p1, b1), Math.hypot(p2, b2)];
  const hue = (y: number, x: number) =>
    x === 0 && y === 0 ? 0 : (Math.atan2(y, x) / rad + 360) % 360;
  const [h1, h2] = [hue(b1, p1), hue(b2, p2)];
  const dl = l2 - l1;
  const dc = c2 - c1;
  let dh = c1 * c2 === 0 ? 0 : h2 - h1;
  if (dh > 180) dh -= 360;
  if (dh < -180) dh += 360;
  const dH = 2 * Math.sqrt(c1 * c2) * Math.sin((dh / 2) * rad);
  const l = (l1 + l2) / 2;
  const c = (c1 + c2) / 2;
  let h = h1 + h2;
  if (c1 * c2 !== 0) {
    if (Math.abs(h1 - h2) <= 180) h /= 2;
    else h = h < 360 ? (h + 360) / 2 : (h - 360) / 2;
  }
  const t =
    1 -
    0.17 * Math.cos((h - 30) * rad) +
    0.24 * Math.cos(2 * h * rad) +
    0.32 * Math.cos((3 * h + 6) * rad) -
    0.2 * Math.cos((4 * h - 63) * rad);
  const sl = 1 + (0.015 * (l - 50) ** 2) / Math.sqrt(20 + (l - 50) ** 2);
  const sc = 1 + 0.045 * c;
  const sh = 1 + 0.015 * c * t;
  const m7 = c ** 7;
  const rt =
    -2 * Math.sqrt(m7 / (m7 + 25 ** 7)) * Math.sin(60 * rad * Math.exp(-(((h - 275) / 25) ** 2)));
  return Math.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dH / sh) ** 2 + rt * (dc / sc) * (dH / sh));
}

const PAIRS: [text: string, on: string][] = [
  ...['bg', 'panel', 'select'].flatMap((on): [string, string][] => [
    ['text', on],
    ['text-2', on],
    ['link', on],
  ]),
  ['ok', 'panel'],
  ['bg', 'training'],
  ['accent-text', 'accent'],
  ['mark-text', 'mark'],
  ...['crit', 'high', 'med', 'low', 'info'].map((s): [string, string] => [`${s}-text`, s]),
];

describe.each(Object.entries(THEMES))('%s', (name, colours) => {
  const of = (token: string): Rgb => {
    const c = colours[token];
    if (!c) throw new Error(`no colour ${token}`);
    return c;
  };

  it.each(PAIRS)('%s on %s can be read', (text, on) => {
    expect(contrast(of(text), of(on))).toBeGreaterThanOrEqual(5.5);
  });

  it.each(['line', 'focus', 'crit-edge', 'high-edge', 'med-edge', 'low-edge', 'info-edge'])(
    'the edge %s can be seen',
    (edge) => {
      expect(contrast(of(edge), of('bg'))).toBeGreaterThanOrEqual(3);
    },
  );

  const least = name === 'light' ? 17 : 23;
  it.each(Object.entries(SIGHT))(`severities are ${least} apart for %s eyes`, (_, sight) => {
    const tokens = ['crit', 'high', 'med', 'low'];
    for (const [i, a] of tokens.entries()) {
      for (const b of tokens.slice(i + 1)) {
        expect(
          distance(seen(of(a), sight), seen(of(b), sight)),
          `${a}, ${b}`,
        ).toBeGreaterThanOrEqual(least);
      }
    }
  });
});

describe('the measure', () => {
  it('agrees with the pairs published with CIEDE2000 for black and white', () => {
    expect(distance([0, 0, 0], [1, 1, 1])).toBeCloseTo(100, 0);
    expect(distance([1, 0, 0], [1, 0, 0])).toBe(0);
  });
});
