import { styleText } from 'node:util';

/** Paint for a terminal, or none. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  blue(text: string): string;
}

type Format = Parameters<typeof styleText>[0];

const paint = (on: boolean, format: Format) => (text: string) =>
  on && text !== '' ? styleText(format, text, { validateStream: false }) : text;

export const styleOf = (color: boolean): Style => ({
  bold: paint(color, 'bold'),
  dim: paint(color, 'dim'),
  red: paint(color, 'red'),
  yellow: paint(color, 'yellow'),
  blue: paint(color, 'blue'),
});

/** Colour on a terminal, unless the user says otherwise (https://no-color.org). */
export function wantsColor(flag: boolean | undefined, isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  return flag ?? (isTerminal && !env.NO_COLOR && env.TERM !== 'dumb');
}
