import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Shown } from '../api/types';
import { t } from '../i18n/text';
import { type Look, look, said } from './shown';

const ALL: Record<Look, Shown> = {
  value: { value: 'EXAMPLE' },
  masked: { masked: true, why: 'retention', clause: 'Article 12(2)' },
  erased: { erased: true, clause: 'Article 12(1)' },
  missing: { missing: true },
};

describe('a value about a person', () => {
  it('and each kind of nothing are told apart', () => {
    for (const [name, shown] of Object.entries(ALL)) expect(look(shown)).toBe(name);
    const words = (['masked', 'erased', 'missing'] as const).map((kind) => t(kind));
    expect(new Set(words).size).toBe(3);
    for (const word of words) expect(word.trim()).not.toBe('');
  });

  it('is found by its text, and by nothing when it is hidden', () => {
    expect(said(ALL.value)).toBe('EXAMPLE');
    for (const kind of ['masked', 'erased', 'missing'] as const) expect(said(ALL[kind])).toBe('');
  });

  it('has a look of its own for each kind', () => {
    const part = readFileSync(join(import.meta.dirname, '../parts/ShownValue.svelte'), 'utf8');
    for (const kind of ['masked', 'erased', 'missing']) {
      expect(part).toContain(`class="${kind}"`);
      expect(part).toContain(`  .${kind} {`);
    }
  });
});
