import { codeSpan, markdown } from './neutral.ts';

/** A piece of finished Markdown; a plain string is text from anywhere and gets escaped. */
export interface Inline {
  readonly markdown: string;
}
export type Text = string | Inline;

/** Markdown of our own, as it stands. */
export const raw = (text: string): Inline => ({ markdown: text });
export const code = (text: string): Inline => raw(codeSpan(text));
export const bold = (text: Text): Inline => raw(`**${render(text)}**`);
/** Only http(s) addresses become links. */
export const link = (text: Text, url: string): Inline =>
  /^https?:\/\/[^\s<>()"']+$/.test(url) ? raw(`[${render(text)}](${url})`) : raw(render(text));
/** Several pieces one after the other. */
export const join = (...parts: Text[]): Inline => raw(parts.map(render).join(''));
/** A name as code, and before it whether all is well with it. */
export const marked = (good: boolean, name: string): Inline => raw(`${good ? '✓' : '✗'} ${codeSpan(name)}`);

export function render(text: Text): string {
  return typeof text === 'string' ? markdown(text) : text.markdown;
}
