/** Checks our Markdown: at most 120 characters a line in prose, and no link to a file or heading that does not exist. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { marked, type Token } from 'marked';

const LIMIT = 120;
/** Blocks that cannot be wrapped. */
const UNBREAKABLE = new Set(['code', 'table', 'html', 'heading', 'def']);

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(path));
const problems = files.flatMap((path) => {
  const tokens = marked.lexer(readFileSync(path, 'utf8'));
  return [...longLines(path, tokens), ...deadLinks(path, tokens)];
});
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`${files.length} Markdown files: lines of at most ${LIMIT} characters, every link leads somewhere`);

function longLines(path: string, tokens: readonly Token[]): string[] {
  return proseOf(tokens, 1)
    .filter(({ text }) => text.length > LIMIT && text.trim().includes(' '))
    .map(({ line, text }) => `${path}:${line}: ${text.length} characters; at most ${LIMIT}`);
}

interface Line {
  line: number;
  text: string;
}

/** The lines of the file, including those in lists and quotes, except for blocks that cannot be wrapped. */
function proseOf(tokens: readonly Token[], firstLine: number): Line[] {
  const found: Line[] = [];
  let line = firstLine;
  for (const token of tokens) {
    const lines = token.raw.split('\n');
    if (!UNBREAKABLE.has(token.type)) found.push(...withoutBlocks(token, lines, line));
    line += lines.length - 1;
  }
  return found;
}

function withoutBlocks(token: Token, lines: readonly string[], firstLine: number): Line[] {
  const blocks = nested(token)
    .filter(({ type }) => UNBREAKABLE.has(type))
    .flatMap(({ raw }) => raw.split('\n'));
  const unbreakable = new Set(blocks.map((text) => text.trim()));
  return lines.map((text, index) => ({ line: firstLine + index, text })).filter(({ text }) => !unbreakable.has(text.trim()));
}

function nested(token: Token): Token[] {
  return childrenOf(token).flatMap((child) => [child, ...nested(child)]);
}

function childrenOf(token: Token): readonly Token[] {
  if (token.type === 'list') return token.items as readonly Token[];
  if (token.type === 'table') return [token.header, ...token.rows].flat().flatMap((cell: { tokens: Token[] }) => cell.tokens);
  return 'tokens' in token ? (token.tokens ?? []) : [];
}

function deadLinks(path: string, tokens: readonly Token[]): string[] {
  const links = tokens.flatMap((token) => [token, ...nested(token)]).flatMap(targetsOf);
  return [...new Set(links)]
    .filter((link) => !/^[a-z]+:/.test(link))
    .flatMap((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : normalize(join(dirname(path), file));
      if (!existsSync(target)) return [`${path}: ${link} leads nowhere: no such file`];
      if (anchor === undefined || statSync(target).isDirectory() || !target.endsWith('.md')) return [];
      return anchorsOf(target).has(anchor) ? [] : [`${path}: ${link} leads nowhere: no such heading`];
    });
}

function targetsOf(token: Token): string[] {
  if (token.type === 'link' || token.type === 'image') return [token.href];
  if (token.type !== 'html') return [];
  return [...token.raw.matchAll(/\b(?:src|srcset|href)="([^"]+)"/g)].map(([, target = '']) => target);
}

/** The anchors that GitHub gives to headings; a repeated heading gets a number. */
function anchorsOf(path: string): Set<string> {
  const found = new Set<string>();
  for (const token of marked.lexer(readFileSync(path, 'utf8'))) {
    if (token.type !== 'heading') continue;
    const anchor = (token.text as string)
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    let unique = anchor;
    for (let number = 1; found.has(unique); number++) unique = `${anchor}-${number}`;
    found.add(unique);
  }
  return found;
}
