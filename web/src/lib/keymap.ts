// Every shortcut, once: the map on the screen, the palette and the handler all read this table.
// Keys are named by their place (`KeyboardEvent.code`), so they work on any layout; what is
// printed on them comes from the user's own layout.

export type Scope = 'everywhere' | 'queue' | 'review';

export interface Shortcut {
  action: string;
  scope: Scope;
  code: string;
  /** Key to be pressed before, as in `g q`. */
  after?: string;
  ctrl?: true;
  shift?: true;
  /** Works while typing in a field. */
  typing?: true;
}

const go = (code: string, action: string): Shortcut => ({
  action,
  scope: 'everywhere',
  code,
  after: 'KeyG',
});

/** Keys for reasons, in the order the reasons are listed; none of them means anything else. */
export const REASON_CODES = ['KeyA', 'KeyS', 'KeyD', 'KeyE', 'KeyR', 'KeyY', 'KeyV', 'KeyH'];

export const SHORTCUTS: readonly Shortcut[] = [
  { action: 'palette', scope: 'everywhere', code: 'KeyK', ctrl: true, typing: true },
  { action: 'map', scope: 'everywhere', code: 'Slash', shift: true },
  { action: 'search', scope: 'everywhere', code: 'Slash' },
  { action: 'back', scope: 'everywhere', code: 'Escape', typing: true },
  { action: 'undo', scope: 'everywhere', code: 'KeyZ' },
  go('KeyQ', 'go-queue'),
  go('KeyF', 'go-flights'),
  go('KeyL', 'go-lists'),
  { action: 'next', scope: 'queue', code: 'KeyJ' },
  { action: 'next', scope: 'queue', code: 'ArrowDown' },
  { action: 'previous', scope: 'queue', code: 'KeyK' },
  { action: 'previous', scope: 'queue', code: 'ArrowUp' },
  { action: 'open', scope: 'queue', code: 'Enter' },
  { action: 'preview', scope: 'queue', code: 'Space' },
  { action: 'take-next', scope: 'queue', code: 'KeyC', shift: true },
  { action: 'claim', scope: 'queue', code: 'KeyC' },
  { action: 'release', scope: 'queue', code: 'KeyU' },
  { action: 'show-held', scope: 'queue', code: 'Period' },
  { action: 'verdict-same', scope: 'review', code: 'Digit1' },
  { action: 'verdict-not-same', scope: 'review', code: 'Digit2' },
  { action: 'verdict-cannot-tell', scope: 'review', code: 'Digit3' },
  ...REASON_CODES.map((code, i): Shortcut => ({ action: `reason-${i}`, scope: 'review', code })),
  { action: 'note', scope: 'review', code: 'KeyN' },
  { action: 'sign', scope: 'review', code: 'Enter', ctrl: true, typing: true },
  { action: 'previous-hit', scope: 'review', code: 'BracketLeft' },
  { action: 'next-hit', scope: 'review', code: 'BracketRight' },
  { action: 'next-fact', scope: 'review', code: 'KeyJ' },
  { action: 'next-fact', scope: 'review', code: 'ArrowDown' },
  { action: 'previous-fact', scope: 'review', code: 'KeyK' },
  { action: 'previous-fact', scope: 'review', code: 'ArrowUp' },
  { action: 'line', scope: 'review', code: 'KeyL' },
  { action: 'entry', scope: 'review', code: 'KeyB' },
  { action: 'itinerary', scope: 'review', code: 'KeyI' },
  { action: 'timeline', scope: 'review', code: 'KeyT' },
  { action: 'manifest', scope: 'review', code: 'KeyF' },
  { action: 'claim', scope: 'review', code: 'KeyC' },
  { action: 'release', scope: 'review', code: 'KeyU' },
];

export interface Press {
  code: string;
  ctrl: boolean;
  shift: boolean;
  alt: boolean;
  typing: boolean;
}

/** The shortcut a press means in a scope, given the key pressed just before. */
export function find(press: Press, scope: Scope, before: string | null): Shortcut | undefined {
  if (press.alt) return undefined;
  return SHORTCUTS.find(
    (s) =>
      (s.scope === scope || s.scope === 'everywhere') &&
      s.code === press.code &&
      (s.ctrl ?? false) === press.ctrl &&
      (s.shift ?? false) === press.shift &&
      (s.after ?? null) === before &&
      (s.typing || !press.typing),
  );
}

/** Whether a key begins a sequence. */
export const begins = (code: string) => SHORTCUTS.some((s) => s.after === code);

const NAMED: Record<string, string> = {
  Enter: 'Enter',
  Escape: 'Esc',
  Space: 'Space',
  Slash: '/',
  Period: '.',
  BracketLeft: '[',
  BracketRight: ']',
  ArrowDown: '\u2193',
  ArrowUp: '\u2191',
};

/** What is printed on a key where nothing better is known. */
export function printed(code: string, layout?: ReadonlyMap<string, string>): string {
  const own = layout?.get(code);
  if (own && /^(Key|Digit|Slash|Period|Bracket)/.test(code)) return own.toUpperCase();
  const plain = /^(?:Key|Digit)(.)$/.exec(code);
  return plain?.[1] ?? NAMED[code] ?? code;
}

/** Keys of an action, as printed: `['Ctrl', 'Enter']`. */
export function keysOf(shortcut: Shortcut, layout?: ReadonlyMap<string, string>): string[] {
  if (shortcut.code === 'Slash' && shortcut.shift) return ['?'];
  const keys: string[] = [];
  if (shortcut.after) keys.push(printed(shortcut.after, layout));
  if (shortcut.ctrl) keys.push('Ctrl');
  if (shortcut.shift) keys.push('Shift');
  keys.push(printed(shortcut.code, layout));
  return keys;
}
