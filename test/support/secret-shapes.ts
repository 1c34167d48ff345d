import { randomBytes } from 'node:crypto';

/** A secret of some shape, and what of it must be found nowhere. */
export interface ShapedSecret {
  value: string;
  traces: readonly string[];
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Where other base64 text holds these bytes: the characters that they alone decide, at each of the three places. */
const inBase64 = (text: string): string[] =>
  [0, 1, 2].map((offset) => {
    const encoded = base64('\0'.repeat(offset) + text);
    return encoded.slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + Buffer.byteLength(text)) * 4) / 3));
  });

/** Letters and digits alone: no encoding but base64 changes them. */
const word = (): string => `k${randomBytes(12).toString('hex')}`;
const of = (value: string, ...words: string[]): ShapedSecret => ({
  value,
  traces: words.flatMap((one) => [one, ...inBase64(one)]),
});

/** Every shape that people hand over, each time with other words in it. */
export const SHAPES: Readonly<Record<string, () => ShapedSecret>> = {
  plain: () => ((core) => of(core, core))(word()),
  base64: () => ((encoded) => of(encoded, encoded.slice(0, 24)))(randomBytes(36).toString('base64')),
  padded: () => ((encoded) => of(encoded, encoded.slice(0, 24)))(randomBytes(37).toString('base64')),
  'several lines': () => ((one, two) => of(`first-${one}\n  second ${two}\n\n}\n`, one, two))(word(), word()),
  'a URL': () => ((core) => of(`postgres://todo:${core}@db.internal:5432/todo?sslmode=require`, core))(word()),
  JSON: () => ((one, two) => of(`{"type": "account", "key": "${one}",\n "more": {"n": 1, "b": "${two}"}}`, one, two))(word(), word()),
  'with "="': () => ((one, two) => of(`${one}=${two}==`, one, two))(word(), word()),
  'one character': () => ({ value: '7', traces: [] }),
  unicode: () => ((one, two) => of(`pä§${one}€😀${two}\u00a0ß`, one, two))(word(), word()),
  'with quotes': () => ((one, two) => of(`"${one}'s" \`${two}\` "`, one, two))(word(), word()),
  'very long': () => ((core) => of(core.repeat(2500), core))(word()),
  PEM: () =>
    ((lines) => of(`-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`, ...lines))(
      Array.from({ length: 4 }, () => randomBytes(48).toString('base64')),
    ),
};
