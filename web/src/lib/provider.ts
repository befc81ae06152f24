// Proving oneself at a provider in a window of its own, so that what is half done here stays. The
// provider's page is another site: its window cannot be asked how it went, and the page at which it
// ends tells every page of the workbench in this browser.
import { api, got, Refused } from '../api/client';
import type { Problem } from '../api/types';

const CHANNEL = 'oriel-proof';

let waits: AbortController | null = null;

/** Sends a window to the provider; done once the person has proved who they are. Is called while a
 * click is answered, or the browser would not open a window. */
export async function proveAt(id: string): Promise<void> {
  const away = window.open('', CHANNEL, 'popup,width=520,height=700');
  // Going there in this page would lose what is half done.
  if (!away) throw refused('window-blocked', 0);
  const params = { path: { id } };
  let url: string;
  try {
    ({ url } = await got(api.POST('/session/proof/providers/{id}', { params })));
  } catch (error) {
    away.close();
    throw error;
  }
  // A window that was opened before is used again; what waited for it waits no longer.
  waits?.abort();
  waits = new AbortController();
  const proved = heard(waits.signal);
  away.location.href = url;
  if (!(await proved)) throw refused('provider-refused', 401);
}

/** Whether the window came back with a proof. */
async function heard(signal: AbortSignal): Promise<boolean> {
  const channel = new BroadcastChannel(CHANNEL);
  const proved = await new Promise<boolean>((done) => {
    channel.onmessage = (event) => done(event.data === true);
    signal.onabort = () => done(false);
  });
  channel.close();
  return proved;
}

/** Tells the pages that wait how it went: called by the page at which the window ends. */
export function tell(proved: boolean) {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(proved);
  channel.close();
}

function refused(code: string, status: number): Refused {
  const type = `urn:oriel:problem:${code}`;
  const problem: Problem = { type, title: '', detail: '', status, code, trace_id: '' };
  return new Refused(problem);
}
