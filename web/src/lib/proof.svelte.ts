// Acts that need a fresh proof: tried, and where the server asks for a proof, tried once more after
// the person has given one.
import { Refused } from '../api/client';
import type { Session } from '../api/types';
import { take } from './session.svelte';

/** Acts that wait for one and the same proof. */
let waiting = $state.raw<((given: boolean) => void)[]>([]);

function end(given: boolean) {
  const acts = waiting;
  waiting = [];
  for (const go of acts) go(given);
}

export const proof = {
  /** Whether a proof is asked for. */
  get asked() {
    return waiting.length > 0;
  },
  /** Gives one, by whatever way; a way that fails leaves the question open. */
  async give(prove: () => Promise<Session>) {
    take(await prove());
    end(true);
  },
  cancel: () => end(false),
};

/** Runs an act; where a proof is wanted, asks for it and runs the act again. */
export async function proved<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Refused) || error.problem.code !== 'fresh-required') throw error;
    const given = await new Promise<boolean>((go) => {
      waiting = [...waiting, go];
    });
    if (!given) throw error;
    return act();
  }
}
