import { escapeXml } from '../svg.ts';
import { summaryBlocks } from './blocks.ts';
import { f, INK, moved, stack, text } from './draw.ts';
import { widthOf } from './text.ts';

const WIDTH = 960;
const EDGE = 16;
const PAD = 24;
const HEAD = 48;

/** The job summary as one SVG: a card like GitHub's, under the name of the job. */
export function summaryPicture(markdown: string, { job = 'deploy', open }: { job?: string; open?: string } = {}): string {
  const inner = WIDTH - 2 * (EDGE + PAD);
  const body = stack(summaryBlocks(markdown, inner, open === undefined ? /^$/ : new RegExp(open)), 16);
  const card = { width: WIDTH - 2 * EDGE, height: HEAD + body.height + 2 * PAD };
  const height = card.height + 2 * EDGE;
  const title = `${job} summary`;
  const first = markdown.split('\n')[0]?.replace(/^#+\s*/, '') ?? '';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${f(height)}" viewBox="0 0 ${WIDTH} ${f(height)}" role="img" aria-labelledby="title">`,
    `<title id="title">${escapeXml(`Job summary: ${first}`)}</title>`,
    `<rect width="${WIDTH}" height="${f(height)}" fill="${INK.faint}"/>`,
    `<rect x="${EDGE}" y="${EDGE}" width="${card.width}" height="${f(card.height)}" rx="6" fill="#ffffff" stroke="${INK.line}"/>`,
    text(title, EDGE + PAD, EDGE + 29, widthOf({ text: title, bold: true }, 14), { size: 14, bold: true }),
    `<line x1="${EDGE}" y1="${EDGE + HEAD}" x2="${EDGE + card.width}" y2="${EDGE + HEAD}" stroke="${INK.line}"/>`,
    ...moved(body, EDGE + PAD, EDGE + HEAD + PAD),
    '</svg>',
    '',
  ]
    .filter((line) => line !== '')
    .join('\n');
}
