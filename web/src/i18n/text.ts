// The workbench's words, from the Fluent catalogue of the language in use.
import { FluentBundle, FluentResource, type FluentVariable } from '@fluent/bundle';
import en from './en.ftl?raw';

export const LANGUAGES = { en: { dir: 'ltr', load: async () => en } } as const;

function bundle(language: string, source: string): FluentBundle {
  const made = new FluentBundle(language);
  const faults = made.addResource(new FluentResource(source));
  if (faults.length > 0) throw faults[0];
  return made;
}

const active = bundle('en', en);

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
