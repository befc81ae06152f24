// Light, dark, or as the system says. The choice is the only thing kept in the browser.
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'oriel.theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

function kept(): Theme {
  const value = localStorage.getItem(KEY);
  return value === 'light' || value === 'dark' ? value : 'system';
}

let choice = $state<Theme>(kept());

function apply() {
  const shown = choice === 'system' ? (dark.matches ? 'dark' : 'light') : choice;
  document.documentElement.dataset.theme = shown;
}
dark.addEventListener('change', apply);
apply();

export const theme = {
  get choice() {
    return choice;
  },
  set(next: Theme) {
    choice = next;
    if (next === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
    apply();
  },
  next() {
    theme.set(choice === 'system' ? 'light' : choice === 'light' ? 'dark' : 'system');
  },
};
