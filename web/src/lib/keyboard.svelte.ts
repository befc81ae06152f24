// Listens to the keyboard and tells the screen in front what was meant.
import { begins, find, type Scope, type Shortcut } from './keymap';

/** Does what was meant; `false` hands the key on. */
type Handler = (action: string) => unknown;

interface Layer {
  scope: Scope;
  handle: Handler;
}

const layers: Layer[] = [];
let before: { code: string; at: number } | null = null;
let layout = $state.raw<ReadonlyMap<string, string>>(new Map());
let letters = $state(localStorage.getItem('oriel.letters') !== 'off');

export const keyboard = {
  /** What is printed on the user's keys, as far as the browser tells. */
  get layout() {
    return layout;
  },
  /** Whether single letters act (WCAG 2.1.4). */
  get letters() {
    return letters;
  },
  setLetters(on: boolean) {
    letters = on;
    if (on) localStorage.removeItem('oriel.letters');
    else localStorage.setItem('oriel.letters', 'off');
  },
};

/** Adds a listener in front of those before it; call the result to take it away. */
export function listen(scope: Scope, handle: Handler): () => void {
  const layer = { scope, handle };
  layers.push(layer);
  return () => {
    layers.splice(layers.indexOf(layer), 1);
  };
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) {
    return !['checkbox', 'radio', 'button', 'submit'].includes(target.type);
  }
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** A key that the focused control needs for itself. */
function isControlKey(event: KeyboardEvent): boolean {
  if (event.code.startsWith('Arrow')) {
    return event.target instanceof Element && event.target.closest('[role=tabpanel]') !== null;
  }
  if (event.code !== 'Enter' && event.code !== 'Space') return false;
  if (event.ctrlKey || event.metaKey) return false;
  const target = event.target;
  return target instanceof Element && target.closest('button, a, input, summary, select') !== null;
}

addEventListener('keydown', (event) => {
  learn(event);
  if (event.defaultPrevented || event.isComposing || isControlKey(event)) return;
  const ctrl = event.ctrlKey || event.metaKey;
  const typing = isTyping(event.target);
  const plain = !ctrl && /^(Key|Digit|Slash|Period|Bracket)/.test(event.code);
  if (plain && !letters && !typing) return;
  const sequence = before && event.timeStamp - before.at < 1500 ? before.code : null;
  before = null;
  // A question mark is one wherever the layout has it.
  const asks = event.key === '?';
  const press = {
    code: asks ? 'Slash' : event.code,
    ctrl,
    shift: asks || event.shiftKey,
    alt: event.altKey,
    typing,
  };
  for (const layer of [...layers].reverse()) {
    const shortcut: Shortcut | undefined =
      find(press, layer.scope, sequence) ?? find(press, layer.scope, null);
    if (shortcut && layer.handle(shortcut.action) !== false) {
      event.preventDefault();
      return;
    }
  }
  if (plain && !typing && begins(event.code)) before = { code: event.code, at: event.timeStamp };
});

// Firefox has no layout map: what a key prints is learned when it is first pressed.
function learn(event: KeyboardEvent) {
  if (event.key.length !== 1 || event.key === '?' || event.shiftKey || event.altKey) return;
  if (layout.get(event.code) === event.key) return;
  layout = new Map(layout).set(event.code, event.key);
}

interface KeyboardApi {
  getLayoutMap?: () => Promise<ReadonlyMap<string, string>>;
}
const native = (navigator as Navigator & { keyboard?: KeyboardApi }).keyboard;
native
  ?.getLayoutMap?.()
  .then((map) => {
    layout = new Map(map);
  })
  .catch(() => {});
