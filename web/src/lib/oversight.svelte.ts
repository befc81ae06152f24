// How much waits for whoever oversees the unit. Asked when the server says that something is new.
import { api, got } from '../api/client';
import type { Waiting } from '../api/types';
import { time } from './clock.svelte';
import { day } from './time';

let waiting = $state.raw<Waiting | null>(null);
/** Counts news, so that the open page can look again. */
let news = $state(0);

export const oversight = {
  get waiting() {
    return waiting;
  },
  get news() {
    return news;
  },
};

/** Why the log is read: control, in the month it is read in. */
export const purpose = () => `oversight=${day(time.now).slice(0, 7)}`;

/** Asks how much waits; what cannot be known is not shown. */
export async function refresh() {
  try {
    const header = { Purpose: purpose() };
    waiting = await got(api.GET('/oversight/waiting', { params: { header } }));
  } catch {
    waiting = null;
  }
}

/** Hears of news until the result is called. */
export function watch(): () => void {
  const source = new EventSource('/api/v1/stream');
  const hear = () => {
    news += 1;
    void refresh();
  };
  // What came while the line was down was not told.
  source.addEventListener('open', hear);
  source.addEventListener('oversight', hear);
  return () => source.close();
}
