import fc from 'fast-check';
import { DeployError } from '../../src/interfaces/errors.ts';
import { renderError } from '../../src/runtime/errors.ts';
import { code } from '../../src/runtime/markdown.ts';
import { neutral } from '../../src/runtime/neutral.ts';
import { Secrets } from '../../src/runtime/secrets.ts';
import { SummaryWriter } from '../../src/runtime/summary.ts';
import { PARSERS, type Parser } from './parsers.ts';
import { CANARY, hostileText } from './texts.ts';

/** All that an error says anywhere: annotation, causes, hint, what it carries along. */
function saidBy(error: unknown): string {
  const { title, message, causes } = renderError('test', error);
  return [title, message, ...causes].join('\n');
}

/** Returns what is wrong with one call; undefined where it is read, or refused as it should be. */
export function wrongWith({ name, read, secret = false }: Parser, text: string): string | undefined {
  try {
    read(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof DeployError)) return `${name}: an error without type: ${error}`;
    if (secret && saidBy(error).includes(CANARY.slice(0, 8))) return `${name}: its error quotes the text: ${saidBy(error)}`;
    return undefined;
  }
}

/** Every text goes to every parser. Throws with the smallest text that is wrong. */
export function callParsers(texts: number, seed: number): void {
  fc.assert(
    fc.property(hostileText, (text) => {
      const wrong = PARSERS.map((parser) => wrongWith(parser, text)).find((one) => one !== undefined);
      if (wrong !== undefined) throw new Error(wrong);
    }),
    { numRuns: texts, seed },
  );
}

const isCommand = (line: string): boolean => line.trimStart().startsWith('::') || line.includes('##[');

/** In colours, in base64 of more, in a URL, in JSON: as programs print it. */
const WRITTEN: readonly ((secret: string, more: string) => string)[] = [
  (secret) => secret,
  (secret, more) => [...secret].join(`\u001B[${more.length % 100}m`),
  (secret, more) => Buffer.from(`${more}${secret}${more}`).toString('base64'),
  (secret) => encodeURIComponent(secret),
  (secret, more) => JSON.stringify({ [more]: secret }),
  (secret) => `https://user:${secret}@host/`,
];
const secretValue = fc.oneof(
  fc.constantFrom(CANARY, `${CANARY}+/=\n${CANARY}%"'`, `${CANARY}é<&>|*_`),
  fc.string({ minLength: 4, maxLength: 12 }).map((text) => `${CANARY}${text}${CANARY}`),
);

/** Logs with secrets in every form, cleaned for the log and the summary. Throws with the smallest that is wrong. */
export function cleanLogs(logs: number, seed: number): void {
  const log = fc.tuple(secretValue, fc.array(fc.tuple(hostileText, fc.nat(WRITTEN.length - 1)), { minLength: 1, maxLength: 3 }));
  fc.assert(
    fc.property(log, ([secret, parts]) => {
      const secrets = new Secrets(() => undefined);
      secrets.add(secret);
      // What stands around it is somebody else's text, and holds no secret.
      const text = parts
        .map(([around, how]) => around.replaceAll(CANARY, '-') + (WRITTEN[how]?.(secret, around.slice(0, 7)) ?? ''))
        .join('\n');
      const shown = neutral(secrets.clean(text));
      if (shown.split(/[\n\r]/).some(isCommand)) throw new Error(`it commands the runner: ${JSON.stringify(shown)}`);
      const summary = new SummaryWriter(undefined, secrets.clean).text(text, code(text)).code(text).list([text]).markdown();
      const places = [shown, summary];
      if (places.some((one) => TRACES.some((trace) => one.includes(trace))))
        throw new Error(`it shows the secret: ${JSON.stringify(places)}`);
    }),
    { numRuns: logs, seed },
  );
}

/** Of the canary in base64: what its bytes alone decide, at each of the three places. */
const TRACES = [
  CANARY,
  ...[0, 1, 2].map((at) =>
    Buffer.from(' '.repeat(at) + CANARY)
      .toString('base64')
      .slice(at + 1, at + 16),
  ),
];
