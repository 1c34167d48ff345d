import { appendFile, stat } from 'node:fs/promises';
import { render, type Text } from './markdown.ts';
import { codeBlock, html, plain } from './neutral.ts';

/** GitHub refuses more than 1 MiB a step; the rest is room for what a runner adds. */
export const SUMMARY_LIMIT = 900 * 1024;

interface Block {
  text: string;
  /** Evidence may be left out where there is too much of it; what says who serves now may not. */
  droppable: boolean;
}

/** The job summary as Markdown. Strings are escaped, `Inline` pieces (markdown.ts) are taken as they are. */
export class SummaryWriter {
  readonly #blocks: Block[] = [];
  readonly #file: string | undefined;
  readonly #redact: (text: string) => string;

  constructor(file: string | undefined, redact: (text: string) => string = (text) => text) {
    this.#file = file;
    this.#redact = redact;
  }

  /** Secrets are replaced before anything in them is escaped. */
  readonly #render = (text: Text): string => render(typeof text === 'string' ? this.#redact(text) : text);

  #add(text: string, droppable = false): this {
    this.#blocks.push({ text: this.#redact(text), droppable });
    return this;
  }

  heading(level: 1 | 2 | 3 | 4, text: Text): this {
    return this.#add(`${'#'.repeat(level)} ${this.#render(text)}`);
  }

  text(...parts: Text[]): this {
    return this.#add(parts.map(this.#render).join(''));
  }

  list(items: readonly Text[]): this {
    return this.#add(items.map((item) => `- ${this.#render(item)}`).join('\n'));
  }

  /** A column in which no row says anything is left out. */
  table(headers: readonly Text[], rows: readonly (readonly Text[])[]): this {
    const cells = rows.map((row) => row.map(this.#render));
    const says = headers.map((_, column) => rows.length === 0 || cells.some((row) => row[column] !== ''));
    const line = (row: readonly string[]) => `| ${row.filter((_, column) => says[column]).join(' | ')} |`;
    const rule = `|${' --- |'.repeat(says.filter(Boolean).length)}`;
    return this.#add([line(headers.map(this.#render)), rule, ...cells.map(line)].join('\n'), rows.length > 50);
  }

  /** Preformatted text, e.g. log lines. */
  code(text: string, language = ''): this {
    return this.#add(codeBlock(this.#redact(text), language), true);
  }

  /** A fold: its content is built by `body` on a writer of its own. */
  details(title: string, body: (inner: SummaryWriter) => void, { open = false }: { open?: boolean } = {}): this {
    const inner = new SummaryWriter(undefined, this.#redact);
    body(inner);
    return this.#add(
      `<details${open ? ' open' : ''}><summary>${html(this.#redact(title))}</summary>\n\n${inner.markdown()}\n\n</details>`,
      true,
    );
  }

  /** A diagram; the source is our own, names in it must be quoted by `mermaidText`. */
  mermaid(source: string): this {
    return this.#add(codeBlock(source, 'mermaid'));
  }

  /** The whole, at most `limit` bytes: the largest evidence goes first. */
  markdown(limit = SUMMARY_LIMIT): string {
    const blocks = this.#blocks.map((block) => ({ ...block }));
    const size = () => blocks.reduce((sum, block) => sum + Buffer.byteLength(block.text) + 2, 0);
    while (size() > limit) {
      const largest = blocks.filter((block) => block.droppable).sort((a, b) => b.text.length - a.text.length)[0];
      if (largest === undefined) break;
      largest.droppable = false;
      largest.text = `_${Math.ceil(Buffer.byteLength(largest.text) / 1024)} KiB left out here: see the report file._`;
    }
    const whole = blocks.map((block) => block.text).join('\n\n');
    return Buffer.byteLength(whole) <= limit
      ? whole
      : Buffer.from(whole)
          .subarray(0, limit)
          .toString('utf8')
          .replace(/\uFFFD$/, '');
  }

  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  /** Appends to the job summary (standard output where there is none) and starts again. */
  async write(): Promise<void> {
    if (this.isEmpty) return;
    if (this.#file === undefined) {
      process.stdout.write(`${this.markdown()}\n`);
    } else {
      const used = (await stat(this.#file).catch(() => undefined))?.size ?? 0;
      await appendFile(this.#file, `${this.markdown(Math.max(0, SUMMARY_LIMIT - used))}\n\n`);
    }
    this.#blocks.length = 0;
  }
}

/** A label inside a Mermaid diagram: quoted, nothing in it can end the quotes. */
export function mermaidText(text: string): string {
  return `"${plain(text).replace(/\s+/g, ' ').replace(/&/g, '#amp;').replace(/"/g, '#quot;').replace(/</g, '#lt;').replace(/>/g, '#gt;').replace(/`/g, "'")}"`;
}
