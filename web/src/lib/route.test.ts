import { describe, expect, it } from 'vitest';
import { firstToken, href, linkToken, read } from './route';

const back = (address: string) => {
  const url = new URL(address, 'http://oriel');
  return read(url.pathname, url.search);
};

describe('addresses', () => {
  it('lead back to what they were made from', () => {
    expect(back(href.review('case_1'))).toEqual({ screen: 'review', id: 'case_1' });
    expect(back(href.manifest('jrn_1'))).toEqual({ screen: 'manifest', id: 'jrn_1' });
    expect(back(href.traveller('trv_1', 'case=case_1'))).toEqual({
      screen: 'traveller',
      id: 'trv_1',
      purpose: 'case=case_1',
    });
    expect(back(href.message('msg_1', 'assessment=jrn_1', [812, 819]))).toEqual({
      screen: 'message',
      id: 'msg_1',
      purpose: 'assessment=jrn_1',
      at: [812, 819],
    });
  });

  it('that name nothing are told apart from the queue', () => {
    expect(back('/')).toEqual({ screen: 'queue' });
    for (const odd of ['/cases', '/travellers', '/nonsense', '/cases/a/b', '/messages/']) {
      expect(back(odd).screen, odd).toBe('nowhere');
    }
  });

  it("tell one's own account from the accounts of others", () => {
    for (const screen of ['account', 'accounts', 'oversight', 'figures', 'unmask'] as const) {
      expect(back(href[screen])).toEqual({ screen });
    }
    for (const screen of [
      'expected',
      'holds',
      'links',
      'profiles',
      'pushes',
      'rights',
      'selections',
    ] as const) {
      expect(back(href[screen])).toEqual({ screen });
    }
    expect(back(href.carriers)).toEqual({ screen: 'carriers', id: null });
    expect(back(href.carrier('zq'))).toEqual({ screen: 'carriers', id: 'zq' });
    expect(back('/proved?refused=provider')).toEqual({ screen: 'proved' });
    expect(firstToken('#/first/0a1b')).toBe('0a1b');
    expect(firstToken('#/sign-in/0a1b')).toBeNull();
  });

  it('take a one-time link from behind the # alone', () => {
    expect(linkToken('#/sign-in/0a1b-2c')).toBe('0a1b-2c');
    for (const odd of ['', '#/sign-in/', '#/sign-in/a/b', '#link=abc']) {
      expect(linkToken(odd), odd).toBeNull();
    }
  });

  it('ignore a byte range that is none', () => {
    expect(back('/messages/msg_1?at=x-9')).toMatchObject({ at: null });
  });
});
