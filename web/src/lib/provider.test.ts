import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { proveAt, tell } from './provider';

const away = { location: { href: '' }, close: vi.fn() };
let answer: () => Promise<{ url: string }>;

vi.mock('../api/client', () => ({
  api: { POST: () => answer() },
  got: (answer: unknown) => answer,
  Refused: class extends Error {
    constructor(problem: { code: string }) {
      super(problem.code);
    }
  },
}));

beforeEach(() => {
  away.location.href = '';
  away.close.mockClear();
  answer = async () => ({ url: 'https://provider.example/ask' });
  vi.stubGlobal('window', { open: () => away });
});
afterEach(() => vi.unstubAllGlobals());

/** Asks, until the window is on its way. */
async function asked() {
  away.location.href = '';
  const proof = proveAt('ministry').then(
    () => 'proved',
    (error: Error) => error.message,
  );
  await vi.waitFor(() => expect(away.location.href).toBe('https://provider.example/ask'));
  return { proof };
}

it.each([
  [true, 'proved'],
  [false, 'provider-refused'],
])('a window that says %s: %s', async (said, expected) => {
  const { proof } = await asked();
  tell(said);
  expect(await proof).toBe(expected);
});

it('who asks again waits for the second window only', async () => {
  const first = await asked();
  const second = await asked();
  expect(await first.proof).toBe('provider-refused');
  tell(true);
  expect(await second.proof).toBe('proved');
});

it('a browser that opens no window keeps the page', async () => {
  vi.stubGlobal('window', { open: () => null });
  await expect(proveAt('ministry')).rejects.toThrow('window-blocked');
});

it('a window is closed again when there is nowhere to go', async () => {
  answer = () => Promise.reject(new Error('provider-silent'));
  await expect(proveAt('ministry')).rejects.toThrow('provider-silent');
  expect(away.close).toHaveBeenCalledOnce();
});
