// The workbench's words, from the Fluent catalogue of the language in use.
import { FluentBundle, FluentResource, type FluentVariable } from '@fluent/bundle';
import en from './en.ftl?raw';

interface Catalogue {
  source: string;
  dir: 'ltr' | 'rtl';
}
const ENGLISH: Catalogue = { source: en, dir: 'ltr' };

/** One row a language: its catalogue and the way it is written. */
const CATALOGUES: Record<string, Catalogue> = { en: ENGLISH };

/** The first language that the reader's browser asks for and the workbench has. */
export function choose(wanted: readonly string[]): string {
  const plain = wanted.map((tag) => tag.split('-')[0] ?? '');
  return plain.find((tag) => tag in CATALOGUES) ?? 'en';
}

/** The language in use and its direction, for the page. */
export const language = choose(globalThis.navigator?.languages ?? []);
export const direction = (CATALOGUES[language] ?? ENGLISH).dir;

function bundle(language: string, source: string): FluentBundle {
  const made = new FluentBundle(language);
  const faults = made.addResource(new FluentResource(source));
  if (faults.length > 0) throw faults[0];
  return made;
}

const active = bundle(language, (CATALOGUES[language] ?? ENGLISH).source);

/** The words for `id`; the id itself where the catalogue has none, so that a gap is seen. */
export function t(id: string, args?: Record<string, FluentVariable>): string {
  const message = active.getMessage(id);
  return message?.value ? active.formatPattern(message.value, args) : id;
}

/** Whether the catalogue has words for `id`. */
export const known = (id: string) => active.hasMessage(id);

/** The words for a code the server sent, or the code made readable. */
export function word(family: string, code: string): string {
  const id = `${family}-${code.replaceAll('_', '-')}`;
  return known(id) ? t(id) : code.replaceAll('_', ' ');
}
