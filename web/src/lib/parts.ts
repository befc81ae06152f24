// What has not come of a list or push that is sent in several parts, in words.
import type { WaitingTransfer } from '../api/types';
import { t, word } from '../i18n/text';

/** Which parts are missing: of one transfer, a sentence. */
export function missing(transfer: WaitingTransfer): string {
  const what = word('function', transfer.function);
  const parts = transfer.missing;
  const said =
    parts.length > 0
      ? t('parts-missing', { what, count: parts.length, parts: parts.join(', ') })
      : '';
  const end = transfer.has_last ? '' : t('parts-no-end', { what });
  return [said, end].filter(Boolean).join(' ');
}

/** Until when it may come, or since when it is late. */
export function due(until: string, now: number): string {
  const at = until.slice(0, 16).replace('T', '\u00a0');
  return t(isLate(until, now) ? 'parts-late' : 'parts-wait', { at: `${at}Z` });
}

export const isLate = (until: string, now: number): boolean => Date.parse(until) < now;
