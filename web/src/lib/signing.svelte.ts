// Signing a decision. "Not the same" waits five seconds in which it can be taken back; nothing is
// sent before. Legal acts are never optimistic: it counts when the server has answered.
import { api, got, match, problemOf } from '../api/client';
import type { Case, DecisionRequest, Hit, Problem } from '../api/types';
import { proved } from './proof.svelte';

export const HOLD = 5_000;

export interface Signing {
  caseId: string;
  hit: Hit;
  ask: DecisionRequest;
  /** When it will be sent; null once it is on its way. */
  due: number | null;
}

let current = $state.raw<Signing | null>(null);
let failed = $state.raw<{ caseId: string; hitId: string; problem: Problem } | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;
let done: (hit: Hit) => void = () => {};

export const signing = {
  get current() {
    return current;
  },
  get failed() {
    return failed;
  },
  clear() {
    failed = null;
  },
};

/** Signs; the promise holds the decided hit, or nothing when it was taken back or refused. */
export function sign(of: Case, hit: Hit, ask: DecisionRequest, then: (hit: Hit) => void) {
  if (current) return;
  failed = null;
  done = then;
  if (ask.verdict === 'not_same') {
    current = { caseId: of.id, hit, ask, due: Date.now() + HOLD };
    timer = setTimeout(send, HOLD);
  } else {
    current = { caseId: of.id, hit, ask, due: null };
    void send();
  }
}

/** Takes back what has not been sent. */
export function undo(): boolean {
  if (!current?.due) return false;
  clearTimeout(timer);
  current = null;
  return true;
}

async function send() {
  const it = current;
  if (!it) return;
  current = { ...it, due: null };
  try {
    // Where a fresher proof is wanted it is asked for over the page, and what was typed stays.
    const hit = await proved(() =>
      got(
        api.POST('/cases/{id}/hits/{hit}/decision', {
          params: {
            path: { id: it.caseId, hit: it.hit.id },
            header: { 'If-Match': match(it.hit.version), Purpose: `case=${it.caseId}` },
          },
          body: it.ask,
        }),
      ),
    );
    done(hit);
  } catch (error) {
    failed = { caseId: it.caseId, hitId: it.hit.id, problem: problemOf(error) };
  } finally {
    current = null;
  }
}
