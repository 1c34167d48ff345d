/** The YAML examples in Markdown, as files that the checkers of workflows and actions can read. */

import { marked, type Token } from 'marked';

export interface Example {
  /** The Markdown file and the line of its first line, such as `README.md:20`. */
  place: string;
  kind: 'workflow' | 'action' | 'other';
  /** The whole file. Line numbers are those of the Markdown file. */
  text: string;
}

/** Every block marked as YAML. */
export function examplesOf(path: string, markdown: string): Example[] {
  return fencesOf(marked.lexer(markdown), 1)
    .filter(({ lang }) => /^ya?ml\b/.test(lang))
    .map(({ line, text }) => ({ place: `${path}:${line}`, ...asFile(text.split('\n'), line - 1) }));
}

interface Fence {
  lang: string;
  /** The block's first line, counted in the Markdown file. */
  line: number;
  text: string;
}

/** Fenced blocks, including those in lists and quotes. Tokens inside a token have its lines, without marks and indentation. */
function fencesOf(tokens: readonly Token[], firstLine: number): Fence[] {
  const found: Fence[] = [];
  let line = firstLine;
  for (const token of tokens) {
    if (token.type === 'code' && token.codeBlockStyle !== 'indented')
      found.push({ lang: token.lang ?? '', line: line + 1, text: token.text });
    found.push(...fencesOf('items' in token ? token.items : 'tokens' in token ? (token.tokens ?? []) : [], line));
    line += token.raw.split('\n').length - 1;
  }
  return found;
}

/** Completes a fragment. What it leaves out goes above it, in place of the Markdown file's prose. */
function asFile(block: readonly string[], before: number): Pick<Example, 'kind' | 'text'> {
  const has = (key: string) => block.some((line) => line.startsWith(`${key}:`));
  if (has('runs')) return { kind: 'action', text: placed([], block, before) };
  if (has('jobs') && has('on')) return { kind: 'workflow', text: placed([], block, before) };
  const head = ['name: example', 'on: push', ...(has('permissions') ? [] : ['permissions: {contents: read}'])];
  if (has('jobs')) return { kind: 'workflow', text: placed(head, block, before) };
  const job = ['jobs:', '  example:', '    runs-on: ubuntu-latest'];
  if (has('steps')) {
    const first = earlier(block);
    const whole = indented(block, 4).flatMap((line) => (line === '    steps:' ? [line, ...first] : [line]));
    return { kind: 'workflow', text: placed([...head, ...job], whole, before - first.length) };
  }
  if (!isSteps(block)) return { kind: 'other', text: placed([], block, before) };
  return { kind: 'workflow', text: placed([...head, ...job, '    steps:', ...earlier(block)], indented(block, 6), before) };
}

const isSteps = (block: readonly string[]): boolean =>
  /^- [\w-]+: /.test(block[0] ?? '') && block.some((line) => /^(?:- | {2})(?:uses|run): /.test(line));

/** A step that the fragment refers to but does not show. */
const earlier = (block: readonly string[]): string[] =>
  block.some((line) => line.includes('steps.build.')) && !block.some((line) => line.includes('id: build')) ? [`      - ${BUILD}`] : [];
const BUILD = "{id: build, uses: org/todo-deploy/actions/build-push@v1, with: {registry: example.com/acme, images: 'web: .'}}";

const indented = (lines: readonly string[], by: number): string[] => lines.map((line) => (line === '' ? '' : ' '.repeat(by) + line));

function placed(head: readonly string[], body: readonly string[], before: number): string {
  const padding = Array.from({ length: Math.max(0, before - head.length) }, () => '');
  return `${[...head, ...padding, ...body].join('\n')}\n`;
}
