// Where in the workbench one is.
import { firstToken, href, linkToken, type Route, read } from './route';

export { href };

function here(): Route {
  // A one-time link leads to signing in, whatever page it names.
  if (linkToken(location.hash) || firstToken(location.hash)) return { screen: 'sign-in' };
  return read(location.pathname, location.search);
}

let route = $state.raw<Route>(here());

export const router = {
  get route() {
    return route;
  },
};

/** Goes to an address of the workbench. */
export function go(to: string, how: 'push' | 'replace' = 'push') {
  if (how === 'push') history.pushState(null, '', to);
  else history.replaceState(null, '', to);
  route = here();
}

addEventListener('popstate', () => {
  route = here();
});

// Plain clicks on our own links stay in the page; everything else is the browser's.
addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element | null)?.closest?.('a[href^="/"]');
  if (!link || link.hasAttribute('download')) return;
  event.preventDefault();
  go(link.getAttribute('href') ?? href.queue);
});
