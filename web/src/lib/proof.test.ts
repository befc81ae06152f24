import { afterEach, describe, expect, it, vi } from 'vitest';
import { Refused } from '../api/client';
import type { Problem, Session } from '../api/types';
import { proof, proved } from './proof.svelte';
import { Work } from './work.svelte';

const taken: Session[] = [];
vi.mock('./session.svelte', () => ({ take: (session: Session) => taken.push(session) }));

const problem = (code: string): Problem => ({
  type: '',
  title: code,
  detail: '',
  status: 403,
  code,
  trace_id: '',
});
const signedIn = { home: 'UTO' } as Session;

/** An act that the server does only after a fresh proof. */
function act() {
  let tries = 0;
  return async () => {
    tries += 1;
    if (tries === 1) throw new Refused(problem('fresh-required'));
    return tries;
  };
}

afterEach(() => {
  proof.cancel();
  taken.length = 0;
});

describe('an act that needs a fresh proof', () => {
  it('is done again once the proof is given, in the session that it began', async () => {
    const done = proved(act());
    await vi.waitFor(() => expect(proof.asked).toBe(true));
    await proof.give(async () => signedIn);
    expect(await done).toBe(2);
    expect(proof.asked).toBe(false);
    expect(taken).toEqual([signedIn]);
  });

  it('waits with others for one proof', async () => {
    const done = Promise.all([proved(act()), proved(act())]);
    await vi.waitFor(() => expect(proof.asked).toBe(true));
    await proof.give(async () => signedIn);
    expect(await done).toEqual([2, 2]);
    expect(taken).toHaveLength(1);
  });

  it('is not done when the proof fails, and the question stays', async () => {
    const done = proved(act());
    await vi.waitFor(() => expect(proof.asked).toBe(true));
    const wrong = () => Promise.reject(new Refused(problem('sign-in-refused')));
    await expect(proof.give(wrong)).rejects.toThrow('sign-in-refused');
    expect(proof.asked).toBe(true);
    await proof.give(async () => signedIn);
    expect(await done).toBe(2);
  });

  it('keeps the refusal when it is called off', async () => {
    const done = proved(act());
    await vi.waitFor(() => expect(proof.asked).toBe(true));
    proof.cancel();
    await expect(done).rejects.toThrow('fresh-required');
  });

  it('is the only one that asks', async () => {
    const other = () => Promise.reject(new Refused(problem('role-missing')));
    await expect(proved(other)).rejects.toThrow('role-missing');
    expect(proof.asked).toBe(false);
  });
});

describe('the work of a page', () => {
  it('shows the page as it is after an act, done or refused', async () => {
    let shown = 0;
    const work = new Work(async () => {
      shown += 1;
      return shown;
    });
    await work.show();
    expect(await work.act('answered', async () => {})).toBe(true);
    expect([work.data, work.refused]).toEqual([2, null]);
    const refuse = () => Promise.reject(new Refused(problem('second-person')));
    expect(await work.act('answered', refuse)).toBe(false);
    expect([work.data, work.refused?.code]).toEqual([3, 'second-person']);
    await work.act('answered', async () => {});
    expect(work.refused).toBeNull();
  });
});
