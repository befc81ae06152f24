// What screens tell each other: how full the queue is, the order it was read in, and what to say
// aloud. Gone when the page is closed.
import type { CaseRow } from '../api/types';

let count = $state<number | null>(null);
let order = $state.raw<readonly string[]>([]);
let said = $state('');
let saidAt = 0;

export const desk = {
  /** Open cases. */
  get count() {
    return count;
  },
  /** Ids of the queue as last shown. */
  get order() {
    return order;
  },
  /** For the polite live region. */
  get said() {
    return said;
  },
  queue(all: number, rows: readonly CaseRow[]) {
    count = all;
    order = rows.map((row) => row.id);
  },
  /** Says something to screen readers, at most once in 20 s. */
  say(words: string) {
    const now = Date.now();
    if (now - saidAt < 20_000) return;
    saidAt = now;
    said = words;
  },
};
