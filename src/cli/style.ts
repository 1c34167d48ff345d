/** Paint for a terminal, or none. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  blue(text: string): string;
}

const paint = (on: boolean, open: number, close: number) => (text: string) =>
  on && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text;

export const styleOf = (color: boolean): Style => ({
  bold: paint(color, 1, 22),
  dim: paint(color, 2, 22),
  red: paint(color, 31, 39),
  yellow: paint(color, 33, 39),
  blue: paint(color, 34, 39),
});

/** Colour on a terminal, unless the user says otherwise (https://no-color.org). */
export function wantsColor(flag: boolean | undefined, isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  return flag ?? (isTerminal && !env.NO_COLOR && env.TERM !== 'dumb');
}
