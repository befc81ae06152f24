// Loading without blanking: what is on the screen stays until something better has come.
import { problemOf } from '../api/client';
import type { Problem } from '../api/types';

export class Loaded<T> {
  data = $state.raw<T | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** Waiting for long enough that a skeleton should say so. */
  slow = $state(false);
  #turn = 0;

  /** Fetches; an answer that was overtaken by a later question is dropped. */
  async load(fetch: () => Promise<T>): Promise<void> {
    const turn = ++this.#turn;
    const timer = setTimeout(() => {
      if (turn === this.#turn) this.slow = true;
    }, 150);
    try {
      const data = await fetch();
      if (turn !== this.#turn) return;
      this.data = data;
      this.problem = null;
    } catch (error) {
      if (turn === this.#turn) this.problem = problemOf(error);
    } finally {
      clearTimeout(timer);
      if (turn === this.#turn) this.slow = false;
    }
  }
}
