/** Wide enough for every font that `system-ui` stands for. */
const EM = { normal: 0.56, bold: 0.61 };

export interface TextStyle {
  size: number;
  fill: string;
  bold?: boolean;
  anchor?: 'start' | 'middle' | 'end';
}

/** About how wide a text is drawn, in pixels. */
export const widthOf = (text: string, { size, bold = false }: Pick<TextStyle, 'size' | 'bold'>): number =>
  [...text].length * size * (bold ? EM.bold : EM.normal);

/** Lines of whole words, none wider than `width`; a word that is wider by itself is cut. */
export function wrap(text: string, width: number, style: Pick<TextStyle, 'size' | 'bold'>): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').map((one) => cut(one, width, style))) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && widthOf(longer, style) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function cut(word: string, width: number, style: Pick<TextStyle, 'size' | 'bold'>): string {
  const fits = Math.floor(width / widthOf('x', style));
  return [...word].length <= fits ? word : fits < 2 ? '' : `${[...word].slice(0, fits - 1).join('')}…`;
}

export function textAt(text: string, x: number, y: number, { size, fill, bold = false, anchor = 'start' }: TextStyle): string {
  const more = `${bold ? ' font-weight="600"' : ''}${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}`;
  return `<text x="${f(x)}" y="${f(y)}" font-size="${size}" fill="${fill}"${more}>${escapeXml(text)}</text>`;
}

export const f = (n: number): string => String(Math.round(n * 10) / 10);
export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
