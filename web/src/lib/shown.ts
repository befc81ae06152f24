// What a value about a person, or its absence, is called and filtered by.

import type { Shown } from '../api/types';

/** How a value looks: itself, or which kind of nothing. No two kinds share a name. */
export type Look = 'value' | 'masked' | 'erased' | 'missing';

export function look(shown: Shown): Look {
  if ('value' in shown) return 'value';
  if ('masked' in shown) return 'masked';
  return 'erased' in shown ? 'erased' : 'missing';
}

/** The text to search in; nothing for what is not shown, so that no filter can find it. */
export const said = (shown: Shown): string => ('value' in shown ? shown.value : '');
