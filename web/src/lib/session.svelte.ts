// Who is signed in.
import { api, got, whenSignedOut } from '../api/client';
import type { Session } from '../api/types';
import { time } from './clock.svelte';
import { go, href, router } from './router.svelte';

let current = $state.raw<Session | null>(null);
let asked = $state(false);
/** Where to go on after signing in. */
let wanted: string | null = null;

export const session = {
  get current() {
    return current;
  },
  /** Whether the server has been asked. */
  get asked() {
    return asked;
  },
};

export function take(next: Session) {
  time.set(next.now);
  current = next;
}

/** Asks the server who is signed in. */
export async function resume() {
  try {
    take(await got(api.GET('/session')));
  } catch {
    current = null;
  }
  asked = true;
}

export async function signIn(begin: () => Promise<Session>) {
  take(await begin());
  asked = true;
  // Whoever administers accounts, oversees the unit or stands outside it has no queue.
  const home = () => {
    if (current?.administers) return href.accounts;
    if (current?.oversees) return href.oversight;
    const outside = ['unmask_authority', 'head_of_authority'];
    const decides = current?.user.roles.some((role) => outside.includes(role));
    return decides ? href.unmask : href.queue;
  };
  const to = wanted ?? home();
  wanted = null;
  go(to, 'replace');
}

export async function signOut() {
  try {
    await got(api.DELETE('/session'));
  } finally {
    current = null;
    go(href.signIn);
  }
}

whenSignedOut(() => {
  if (router.route.screen === 'sign-in') return;
  wanted = location.pathname + location.search;
  current = null;
  go(href.signIn, 'replace');
});
