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
/** A name as code, and on its line a mark: whether all is well with it. */
export const marked = (mark: boolean | string, name: string): Inline => {
  const sign = typeof mark === 'string' ? mark : mark ? '✓' : '✗';
  return raw(`${sign}${NO_BREAK}${codeSpan(name)}`);
};
/** A number and its unit, on one line. */
export const quantity = (number: string | number, unit: string): Inline => raw(`${number}${NO_BREAK}${unit}`);

const NO_BREAK = '\u00A0';

export function render(text: Text): string {
  return typeof text === 'string' ? markdown(text) : text.markdown;
}
