// Times as the workbench writes them. UTC and the airport's local time, never the browser's zone.
import type { Moment } from '../api/types';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (n: number) => String(n).padStart(2, '0');

/** Time left: `+14:38`, `+2h36`, `+3d04h`, `−03:10`. */
export function countdown(left: number): string {
  const sign = left < 0 ? '\u2212' : '+';
  // A limit has passed only when its whole last second has.
  const t = left < 0 ? Math.floor(-left / 1000) * 1000 : Math.floor(left / 1000) * 1000;
  if (t < HOUR)
    return `${sign}${two(Math.floor(t / MINUTE))}:${two(Math.floor((t % MINUTE) / 1000))}`;
  if (t < DAY) return `${sign}${Math.floor(t / HOUR)}h${two(Math.floor((t % HOUR) / MINUTE))}`;
  return `${sign}${Math.floor(t / DAY)}d${two(Math.floor((t % DAY) / HOUR))}h`;
}

/** `14:18Z`, or `14:18:05Z`. */
export function clock(utc: string | number, seconds = false): string {
  const iso = new Date(utc).toISOString();
  return `${iso.slice(11, seconds ? 19 : 16)}Z`;
}

/** `2026-11-22`. */
export const day = (utc: string | number) => new Date(utc).toISOString().slice(0, 10);

/** Day and clock of an instant, or nothing of none: `2026-11-22 14:18Z`. */
export const when = (utc: string | null | undefined) => (utc ? `${day(utc)} ${clock(utc)}` : '');

/** The form of an instant in UTC that is typed, whatever the browser's language. */
export const INSTANT = '\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z';

/** Whole days from the UTC date of `utc` to the local date of `civil`: the `+1` beside a clock. */
export function dayShift(utc: string, civil: string): number {
  const from = Date.parse(`${day(utc)}T00:00:00Z`);
  const to = Date.parse(`${civil.slice(0, 10)}T00:00:00Z`);
  return Math.round((to - from) / DAY);
}

/** `+1`, `−1` or nothing. */
export function shiftMark(days: number): string {
  if (days === 0) return '';
  return days > 0 ? `+${days}` : `\u2212${-days}`;
}

/**
 * The local clock of another instant at the place of `near`, by the offset that holds there.
 * Good within the hours around a flight, which is all it is used for.
 */
export function localAt(utc: string, near: Moment): string | undefined {
  if (!near.civil || !near.utc) return undefined;
  const offset = Date.parse(`${near.civil}Z`) - Date.parse(near.utc);
  return new Date(Date.parse(utc) + offset).toISOString().slice(0, 16);
}

/** `17:43` of a civil time. */
export const civilClock = (civil: string) => civil.slice(11, 16);

/** Minutes or hours ago, for feeds: `3 min`, `2 h`. */
export function ago(ms: number): { unit: 'min' | 'h' | 'd'; n: number } {
  if (ms < HOUR) return { unit: 'min', n: Math.max(0, Math.floor(ms / MINUTE)) };
  if (ms < 2 * DAY) return { unit: 'h', n: Math.floor(ms / HOUR) };
  return { unit: 'd', n: Math.floor(ms / DAY) };
}
