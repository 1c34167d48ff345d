import { Composer, type Document, type ErrorCode, isMap, isScalar, isSeq, LineCounter, Parser } from 'yaml';
import { ConfigurationError } from '../errors.ts';
import { type Limits, SMALL } from './limits.ts';
import { costOf } from './yaml-cost.ts';
import { wordsFor } from './yaml-words.ts';

type ParserOptions = NonNullable<ConstructorParameters<typeof Composer>[0]>;

export interface YamlOptions {
  limits?: Limits;
  hint?: string;
  /** Version and scalars, where they are not those of YAML 1.2. */
  schema?: Omit<ParserOptions, 'logLevel' | 'uniqueKeys' | 'prettyErrors'>;
  /** More documents than one. */
  stream?: boolean;
}

export interface YamlDocument {
  value: unknown;
  /** Paths of keys that are written twice in one map: the last one counts. */
  twice: readonly { path: string; offset: number }[];
  /** The comments before it. */
  comment: string;
}

/** Where the text is not YAML. Thrown through the parser, which would go on and gather more of them. */
class Stop extends Error {
  readonly code: ErrorCode;
  readonly words: string;
  readonly offset: number;
  constructor(code: ErrorCode, words: string, offset: number) {
    super(words);
    this.code = code;
    this.words = words;
    this.offset = offset;
  }
}

/**
 * The one reader of YAML. It writes nothing anywhere (the parser's warnings quote the text, and reach standard error at column 0), takes no
 * longer than the text is long, and its errors say what is wrong and where, never what stands there.
 * `what` names the text, at a place in it where that matters. Throws ConfigurationError.
 */
export function readYaml(text: string, what: string | ((offset: number) => string), options: YamlOptions = {}): YamlDocument[] {
  const lines = new LineCounter();
  try {
    return compose(text, lines, options);
  } catch (error) {
    const stop = error instanceof Stop ? error : new Stop('IMPOSSIBLE', unexpected(error), 0);
    const { line, col } = lines.linePos(stop.offset);
    const place = line === 0 ? '' : ` at line ${line}, column ${col}`;
    const name = typeof what === 'string' ? what : what(stop.offset);
    throw new ConfigurationError(`${name} is not valid YAML: ${stop.words}${place}`, { hint: options.hint });
  }
}

/** The parser's own refusals, once it has read all of it. */
const unexpected = (error: unknown): string =>
  error instanceof ReferenceError ? 'an alias names nothing, or its aliases stand for too much' : wordsFor('IMPOSSIBLE');

/** One document, in which no key is written twice. Throws ConfigurationError. */
export function parseYaml(text: string, what: string, options: YamlOptions = {}): unknown {
  const documents = readYaml(text, what, options);
  return documents[0]?.value;
}

/** Of one document; undefined where it is not YAML. Of a key that is written twice the last one counts. */
export function tryYaml(text: string, options: YamlOptions = {}): unknown {
  try {
    const documents = readYaml(text, 'It', { ...options, stream: true });
    return documents.length > 1 ? undefined : documents[0]?.value;
  } catch {
    return undefined;
  }
}

function compose(text: string, lines: LineCounter, { limits = SMALL, schema = {}, stream = false }: YamlOptions): YamlDocument[] {
  if (text.length > limits.size) throw new Stop('IMPOSSIBLE', `it has ${text.length} characters (allowed: ${limits.size})`, 0);
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const tooMuch = costOf(tokens, limits);
  if (tooMuch !== undefined) throw new Stop(tooMuch.code, tooMuch.words, tooMuch.offset);
  const composer = new Composer({ ...schema, logLevel: 'error', uniqueKeys: false, prettyErrors: false });
  let first: Stop | undefined;
  // The parser catches what is thrown in the middle of a map, and reports once more.
  Reflect.set(composer, 'onError', (source: Source, code: ErrorCode, _message: string, warning?: boolean): void => {
    if (warning) return;
    first ??= new Stop(code, wordsFor(code), offsetOf(source));
    throw first;
  });
  const documents: YamlDocument[] = [];
  for (const document of composer.compose(tokens, true, text.length)) {
    if (!stream && documents.length > 0) throw new Stop('MULTIPLE_DOCS', wordsFor('MULTIPLE_DOCS'), document.range[0]);
    documents.push(read(document, limits, stream));
  }
  return documents;
}

function read(document: Document.Parsed, { aliases }: Limits, stream: boolean): YamlDocument {
  const [error] = document.errors;
  if (error !== undefined) throw new Stop(error.code, wordsFor(error.code), error.pos[0]);
  const twice = duplicateKeys(document.contents, '');
  const [duplicate] = twice;
  if (!stream && duplicate !== undefined) throw new Stop('DUPLICATE_KEY', wordsFor('DUPLICATE_KEY'), duplicate.offset);
  const comment = `${document.commentBefore ?? ''}\n${document.contents?.commentBefore ?? ''}`;
  return { value: document.toJS({ maxAliasCount: aliases }), twice, comment };
}

type Source = number | readonly number[] | { offset: number };

function offsetOf(source: Source): number {
  if (typeof source === 'number') return source;
  return 'offset' in source ? source.offset : (source[0] ?? 0);
}

function duplicateKeys(node: unknown, path: string): { path: string; offset: number }[] {
  if (isSeq(node)) return node.items.flatMap((item, index) => duplicateKeys(item, `${path}[${index}]`));
  if (!isMap(node)) return [];
  const seen = new Set<string>();
  return node.items.flatMap((pair) => {
    const key = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
    const here = path === '' ? key : `${path}.${key}`;
    const offset = isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
    const twice = seen.has(key) && key !== '<<' ? [{ path: here, offset }] : [];
    seen.add(key);
    return [...twice, ...duplicateKeys(pair.value, here)];
  });
}
