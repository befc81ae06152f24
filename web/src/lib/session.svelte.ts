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

/** What the law in force calls an offence, by its code; nothing where it has no catalogue of them. */
export const offence = (code: string) =>
  current?.offences.find((known) => known.code === code)?.name ?? '';

/** Whether one's roles may do something, for a purpose that fits; the server decides. */
export const may = (act: string) => current?.acts.includes(act) ?? false;

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

/** The first page of who is signed in: whoever administers, oversees or decides from outside has no
 * queue. */
export function home(): string {
  if (current?.administers) return href.accounts;
  if (current?.oversees) return href.oversight;
  if (may('queue.read')) return href.queue;
  return may('unmask.see') ? href.unmask : href.account;
}

export async function signIn(begin: () => Promise<Session>) {
  take(await begin());
  asked = true;
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
