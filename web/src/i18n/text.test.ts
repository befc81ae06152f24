import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FluentResource } from '@fluent/bundle';
import { describe, expect, it } from 'vitest';
import { SHORTCUTS } from '../lib/keymap';
import { choose, known, t, word } from './text';

const src = join(import.meta.dirname, '..');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((f) => /\.(svelte|ts)$/.test(f) && !/\.test\.ts$/.test(f) && !f.endsWith('.d.ts'))
  .map((f) => ({ name: f, text: readFileSync(join(src, f), 'utf8') }));

describe('the catalogue', () => {
  it('is read without a fault', () => {
    const source = readFileSync(join(src, 'i18n/en.ftl'), 'utf8');
    const ids = [...source.matchAll(/^([a-z][\w-]*) ?=/gim)].map((m) => m[1]);
    expect([...new FluentResource(source).body].map((m) => m.id)).toEqual(ids);
    expect(new Set(ids).size, 'an id is there twice').toBe(ids.length);
  });

  it('has words for everything the screens say', () => {
    for (const { name, text } of files) {
      for (const [, id] of text.matchAll(/\bt\(\s*'([^']+)'/g)) {
        if (id?.endsWith('-')) continue;
        expect(known(id ?? ''), `${id} in ${name}`).toBe(true);
      }
    }
  });

  it('has words for every shortcut', () => {
    for (const s of SHORTCUTS) {
      if (!s.action.startsWith('reason-')) expect(known(`do-${s.action}`), s.action).toBe(true);
    }
  });

  it('is that of the first language asked for that there is', () => {
    expect(choose(['xx-YY', 'en-GB'])).toBe('en');
    expect(choose([])).toBe('en');
  });

  it('counts', () => {
    expect(t('arrived', { count: 1 })).toBe('One new case has arrived.');
    expect(t('arrived', { count: 3 })).toContain('new cases have arrived');
  });

  it('makes unknown codes readable and keeps known ones apart', () => {
    expect(word('relation', 'missing_theirs')).toBe('not on list');
    expect(word('relation', 'brand_new')).toBe('brand new');
  });

  it('uses no sign that the text fonts lack', () => {
    const source = readFileSync(join(src, 'i18n/en.ftl'), 'utf8');
    expect(source).not.toMatch(/[\u202f\u2190-\u21ff\u2248\u2260\u25b2\u25cf\u2713\u2714]/);
  });
});
