import { describe, expect, it } from 'vitest';
import { find, keysOf, printed, REASON_CODES, type Scope, SHORTCUTS } from './keymap';

const press = (code: string, more: Partial<Parameters<typeof find>[0]> = {}) => ({
  code,
  ctrl: false,
  shift: false,
  alt: false,
  typing: false,
  ...more,
});

// What the same places print elsewhere.
const AZERTY = new Map([
  ['KeyQ', 'a'],
  ['KeyA', 'q'],
  ['KeyZ', 'w'],
  ['Digit1', '&'],
]);
const RUSSIAN = new Map([
  ['KeyJ', 'о'],
  ['KeyK', 'л'],
  ['KeyC', 'с'],
]);
const ARABIC = new Map([
  ['KeyJ', 'ت'],
  ['KeyK', 'ن'],
]);

describe('the keyboard map', () => {
  it('gives no key two meanings in one place', () => {
    for (const scope of ['queue', 'review'] as Scope[]) {
      const seen = new Map<string, string>();
      for (const s of SHORTCUTS) {
        if (s.scope !== scope && s.scope !== 'everywhere') continue;
        const key = [s.after, s.ctrl, s.shift, s.code].join('/');
        expect(seen.get(key) ?? s.action, key).toBe(s.action);
        seen.set(key, s.action);
      }
    }
  });

  it('has a key for each of the eight reasons of a verdict', () => {
    expect(new Set(REASON_CODES).size).toBe(8);
    REASON_CODES.forEach((code, i) => {
      expect(find(press(code), 'review', null)?.action).toBe(`reason-${i}`);
    });
  });

  it('signs only with Ctrl+Enter, also while a note is typed', () => {
    expect(find(press('Enter', { ctrl: true, typing: true }), 'review', null)?.action).toBe('sign');
    expect(find(press('Enter'), 'review', null)?.action).not.toBe('sign');
  });

  it('lets single letters be typed', () => {
    for (const code of ['KeyJ', 'KeyC', 'Digit1', 'Slash', 'KeyZ']) {
      expect(find(press(code, { typing: true }), 'queue', null), code).toBeUndefined();
      expect(find(press(code, { typing: true }), 'review', null), code).toBeUndefined();
    }
  });

  it('knows sequences', () => {
    expect(find(press('KeyF'), 'queue', 'KeyG')?.action).toBe('go-flights');
    expect(find(press('KeyF'), 'queue', null)).toBeUndefined();
  });

  it('acts by place and prints by layout', () => {
    expect(find(press('KeyJ'), 'queue', null)?.action).toBe('next');
    expect(printed('KeyA', AZERTY)).toBe('Q');
    expect(printed('Digit1', AZERTY)).toBe('&');
    expect(printed('KeyJ', RUSSIAN)).toBe('О');
    expect(printed('KeyK', ARABIC)).toBe('ن');
    expect(printed('KeyJ')).toBe('J');
    expect(printed('Enter', AZERTY)).toBe('Enter');
  });

  it('prints every shortcut with at least one key', () => {
    for (const s of SHORTCUTS) expect(keysOf(s).join('')).not.toBe('');
    expect(keysOf({ action: 'x', scope: 'everywhere', code: 'Slash', shift: true })).toEqual(['?']);
  });

  it('decides a clear case in four keys from the queue', () => {
    const keys = [
      find(press('Enter'), 'queue', null)?.action,
      find(press('Digit2'), 'review', null)?.action,
      find(press('KeyA'), 'review', null)?.action,
      find(press('Enter', { ctrl: true }), 'review', null)?.action,
    ];
    expect(keys).toEqual(['open', 'verdict-not-same', 'reason-0', 'sign']);
  });
});
