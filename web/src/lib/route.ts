// Addresses of the workbench. They hold opaque ids only, never personal data.
export type Route =
  | { screen: 'sign-in' }
  | { screen: 'proved' }
  | { screen: 'queue' }
  | { screen: 'review'; id: string }
  | { screen: 'flights' }
  | { screen: 'manifest'; id: string }
  | { screen: 'traveller'; id: string; purpose: string | null }
  | { screen: 'message'; id: string; purpose: string | null; at: [number, number] | null }
  | { screen: 'lists' }
  | { screen: 'selections' }
  | { screen: 'pushes' }
  | { screen: 'expected' }
  | { screen: 'carriers'; id: string | null }
  | { screen: 'account' }
  | { screen: 'accounts' }
  | { screen: 'oversight' }
  | { screen: 'unmask' }
  | { screen: 'holds' }
  | { screen: 'links' }
  | { screen: 'profiles' }
  | { screen: 'rights' }
  | { screen: 'figures' }
  | { screen: 'nowhere' };

/** Reads an address. */
export function read(path: string, search: string): Route {
  const [, noun, id, rest] = path.split('/');
  const query = new URLSearchParams(search);
  const purpose = query.get('for');
  if (rest) return { screen: 'nowhere' };
  switch (noun) {
    case '':
    case 'queue':
      return { screen: 'queue' };
    case 'sign-in':
    case 'proved':
      return { screen: noun };
    case 'cases':
      return id ? { screen: 'review', id } : { screen: 'nowhere' };
    case 'flights':
      return id ? { screen: 'manifest', id } : { screen: 'flights' };
    case 'travellers':
      return id ? { screen: 'traveller', id, purpose } : { screen: 'nowhere' };
    case 'messages': {
      const at = /^(\d+)-(\d+)$/.exec(query.get('at') ?? '');
      return id
        ? { screen: 'message', id, purpose, at: at ? [Number(at[1]), Number(at[2])] : null }
        : { screen: 'nowhere' };
    }
    case 'carriers':
      return { screen: noun, id: id || null };
    case 'lists':
    case 'selections':
    case 'pushes':
    case 'expected':
    case 'account':
    case 'accounts':
    case 'oversight':
    case 'unmask':
    case 'holds':
    case 'links':
    case 'profiles':
    case 'rights':
    case 'figures':
      return { screen: noun };
    default:
      return { screen: 'nowhere' };
  }
}

/** The token of a one-time link: `/#/sign-in/TOKEN`. Behind the #, it is sent to no server. */
export function linkToken(hash: string): string | null {
  return /^#\/sign-in\/([\w-]+)$/.exec(hash)?.[1] ?? null;
}

/** The token of the link that makes the first administrator: `/#/first/TOKEN`. */
export function firstToken(hash: string): string | null {
  return /^#\/first\/([\w-]+)$/.exec(hash)?.[1] ?? null;
}

export const href = {
  queue: '/queue',
  flights: '/flights',
  lists: '/lists',
  selections: '/selections',
  pushes: '/pushes',
  expected: '/expected',
  carriers: '/carriers',
  account: '/account',
  accounts: '/accounts',
  oversight: '/oversight',
  unmask: '/unmask',
  holds: '/holds',
  links: '/links',
  profiles: '/profiles',
  rights: '/rights',
  figures: '/figures',
  signIn: '/sign-in',
  review: (id: string) => `/cases/${id}`,
  manifest: (id: string) => `/flights/${id}`,
  carrier: (id: string) => `/carriers/${id}`,
  traveller: (id: string, purpose: string) =>
    `/travellers/${id}?for=${encodeURIComponent(purpose)}`,
  message: (id: string, purpose: string, at?: readonly [number, number]) =>
    `/messages/${id}?for=${encodeURIComponent(purpose)}${at ? `&at=${at[0]}-${at[1]}` : ''}`,
};
