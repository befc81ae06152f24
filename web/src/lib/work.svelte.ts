// What a page shows and what is done on it. An act runs under a fresh proof where the server asks
// for one; then it is said aloud and the page is shown as it is now, whatever came of it.
import { problemOf } from '../api/client';
import type { Problem } from '../api/types';
import { t } from '../i18n/text';
import { desk } from './desk.svelte';
import { Loaded } from './load.svelte';
import { proved } from './proof.svelte';

export class Work<T> extends Loaded<T> {
  /** Why the last act was not done. */
  refused = $state.raw<Problem | null>(null);
  #fetch: () => Promise<T>;

  constructor(fetch: () => Promise<T>) {
    super();
    this.#fetch = fetch;
  }

  /** Fetches what the page shows. */
  show = () => this.load(this.#fetch);

  /** Does something; says `done` where it was done. Whether it was. */
  act = async (done: string, step: () => Promise<unknown>): Promise<boolean> => {
    this.refused = null;
    try {
      await proved(step);
      desk.say(t(done));
    } catch (error) {
      this.refused = problemOf(error);
    }
    await this.show();
    return this.refused === null;
  };
}
