// Acts that need a fresh proof: tried, and where the server asks for a proof, tried once more after
// the person has given one.
import { api, got, Refused } from '../api/client';
import { take } from './session.svelte';

let waiting = $state.raw<((proved: boolean) => void) | null>(null);

export const proof = {
  /** Whether a proof is asked for. */
  get asked() {
    return waiting !== null;
  },
  async give(password: string, code: string) {
    const body = code ? { password, code } : { password };
    take(await got(api.POST('/session/proof', { body })));
    waiting?.(true);
    waiting = null;
  },
  cancel() {
    waiting?.(false);
    waiting = null;
  },
};

/** Runs an act; where a proof is wanted, asks for it and runs the act again. */
export async function proved<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Refused) || error.problem.code !== 'fresh-required') throw error;
    const given = await new Promise<boolean>((done) => {
      waiting = done;
    });
    if (!given) throw error;
    return act();
  }
}
