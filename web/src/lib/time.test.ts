import { describe, expect, it } from 'vitest';
import { ago, clock, countdown, dayShift, localAt, shiftMark } from './time';

const at = (h: number, m: number, s = 0) => ((h * 60 + m) * 60 + s) * 1000;

describe('countdown', () => {
  it.each([
    [at(0, 14, 38), '+14:38'],
    [at(0, 1, 38), '+01:38'],
    [at(0, 59, 59), '+59:59'],
    [at(1, 0), '+1h00'],
    [at(2, 36, 59), '+2h36'],
    [at(23, 59, 59), '+23h59'],
    [at(76, 10), '+3d04h'],
    [0, '+00:00'],
    [999, '+00:00'],
    [-at(0, 3, 10), '\u221203:10'],
    [-at(2, 5), '\u22122h05'],
  ])('%d ms is %s', (left, words) => expect(countdown(left)).toBe(words));

  it('shows 15 minutes when a flight leaves in 40', () => {
    const departure = Date.parse('2026-11-22T14:43:00Z');
    const actBy = Date.parse('2026-11-22T14:18:00Z');
    expect(countdown(actBy - (departure - at(0, 40)))).toBe('+15:00');
  });
});

describe('clocks', () => {
  it('are UTC, with and without seconds', () => {
    expect(clock('2026-11-22T14:18:05Z')).toBe('14:18Z');
    expect(clock('2026-11-22T14:18:05Z', true)).toBe('14:18:05Z');
  });

  it('carry the day over', () => {
    expect(shiftMark(dayShift('2026-11-22T22:30:00Z', '2026-11-23T01:30'))).toBe('+1');
    expect(shiftMark(dayShift('2026-11-22T02:30:00Z', '2026-11-21T21:30'))).toBe('\u22121');
    expect(shiftMark(dayShift('2026-11-22T12:00:00Z', '2026-11-22T15:00'))).toBe('');
  });

  it('find the local time of another instant by the offset of a known one', () => {
    const near = { civil: '2026-11-22T17:43', place: 'NBO', utc: '2026-11-22T14:43:00Z' };
    expect(localAt('2026-11-22T14:18:00Z', near)).toBe('2026-11-22T17:18');
    expect(localAt('2026-11-22T14:18:00Z', { ...near, utc: null })).toBeUndefined();
  });

  it('say how long ago', () => {
    expect(ago(at(0, 48))).toEqual({ unit: 'min', n: 48 });
    expect(ago(at(5, 10))).toEqual({ unit: 'h', n: 5 });
    expect(ago(at(72, 0))).toEqual({ unit: 'd', n: 3 });
    expect(ago(-5)).toEqual({ unit: 'min', n: 0 });
  });
});
