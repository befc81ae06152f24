// News from the server: events while they flow, asking every 10 s while they do not.
import { time } from './clock.svelte';

export type LiveState = 'connecting' | 'live' | 'polling';

const POLL = 10_000;
/** Two heartbeats and a little. */
const SILENCE = 35_000;

let state = $state<LiveState>('connecting');
let last = $state<number | null>(null);

export const live = {
  get state() {
    return state;
  },
  /** When the server was last heard. */
  get last() {
    return last;
  },
};

/** Notes that an answer came, by whatever way. */
export function heard() {
  last = time.now;
}

/** Ids of the cases that changed; null when it is not known which. */
export type Changed = readonly string[] | null;

/** Calls `act` whenever cases may have changed, until the result is called. */
export function follow(act: (changed: Changed) => void): () => void {
  let poll: ReturnType<typeof setInterval> | undefined;
  let quiet: ReturnType<typeof setTimeout> | undefined;
  const source = new EventSource('/api/v1/stream');

  const alive = () => {
    heard();
    clearTimeout(quiet);
    quiet = setTimeout(lost, SILENCE);
    if (state === 'live') return;
    // What happened while the line was down was not told: ask once.
    if (state === 'polling') act(null);
    state = 'live';
    clearInterval(poll);
    poll = undefined;
  };
  const lost = () => {
    state = 'polling';
    poll ??= setInterval(() => act(null), POLL);
  };

  source.addEventListener('open', alive);
  source.addEventListener('heartbeat', alive);
  source.addEventListener('queue', (event) => {
    alive();
    act(ids(event.data));
  });
  source.addEventListener('error', lost);
  return () => {
    source.close();
    clearInterval(poll);
    clearTimeout(quiet);
    state = 'connecting';
  };
}

function ids(data: string): Changed {
  try {
    const { cases } = JSON.parse(data) as { cases?: unknown };
    return Array.isArray(cases) ? cases.map(String) : null;
  } catch {
    return null;
  }
}
