import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  formatImage,
  hasDigest,
  hostOf,
  type ImageReference,
  isDigest,
  isRegistryHost,
  locatePrefix,
  nameOf,
  parseImage,
  repositoryOf,
} from '../../../src/interfaces/image-reference.ts';

const SHA = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('a name is taken apart', () => {
  test.each<[string, ImageReference]>([
    ['nginx', { host: 'docker.io', path: 'library/nginx' }],
    ['nginx:1.27', { host: 'docker.io', path: 'library/nginx', tag: '1.27' }],
    ['acme/api', { host: 'docker.io', path: 'acme/api' }],
    ['docker.io/nginx', { host: 'docker.io', path: 'library/nginx' }],
    ['index.docker.io/acme/api:v1', { host: 'docker.io', path: 'acme/api', tag: 'v1' }],
    [`ghcr.io/acme/api:v1@${SHA}`, { host: 'ghcr.io', path: 'acme/api', tag: 'v1', digest: SHA }],
    ['registry:5000/api', { host: 'registry:5000', path: 'api' }],
    ['registry/api', { host: 'docker.io', path: 'registry/api' }],
    ['localhost/api:v1', { host: 'localhost', path: 'api', tag: 'v1' }],
    ['localhost:5000', { host: 'docker.io', path: 'library/localhost', tag: '5000' }],
    ['[2001:db8::1]:5000/a/b__c/d--e.f', { host: '[2001:db8::1]:5000', path: 'a/b__c/d--e.f' }],
    [`Registry.example.com/a@sha512:${'0'.repeat(128)}`, { host: 'Registry.example.com', path: 'a', digest: `sha512:${'0'.repeat(128)}` }],
  ])('%s', (text, reference) => {
    expect(parseImage(text)).toEqual({ reference });
  });

  test.each([
    ['', 'path'],
    ['Acme/api', 'path'],
    ['ghcr.io/Acme', 'path'],
    ['ghcr.io/', 'path'],
    ['ghcr.io//a', 'path'],
    ['a..b', 'path'],
    ['a___b', 'path'],
    ['ghcr.io/a/../b', 'path'],
    ['-a', 'path'],
    ['0123456789abcdef'.repeat(4), 'path'],
    [`ghcr.io/${'a'.repeat(250)}`, 'path'],
    ['https://ghcr.io/a', 'host'],
    ['-ghcr.io/a', 'host'],
    ['ghcr.io:port/a', 'host'],
    ['ghcr..io/a', 'host'],
    ['a:', 'tag'],
    ['a:-b', 'tag'],
    [`a:${'b'.repeat(129)}`, 'tag'],
    ['a@', 'digest'],
    ['a@sha256:abc', 'digest'],
    [`a@${SHA.toUpperCase()}`, 'digest'],
    [`a@${SHA}@${SHA}`, 'digest'],
  ])('%j has a wrong %s', (text, problem) => {
    expect(parseImage(text)).toEqual({ problem });
  });
});

const letters = (alphabet: string, maxLength: number) => fc.string({ unit: fc.constantFrom(...alphabet), minLength: 1, maxLength });
const ALPHANUMERIC = 'abcxyz0189';
const label = letters(ALPHANUMERIC, 5);
const host = fc.oneof(
  fc
    .tuple(fc.array(label, { minLength: 2, maxLength: 3 }), fc.option(fc.nat(65_535)))
    .map(([labels, port]) => `${labels.join('.')}${port === null ? '' : `:${port}`}`),
  fc.constantFrom('localhost', 'localhost:5000', '[::1]:5000', 'docker.io'),
);
const part = fc
  .tuple(label, fc.array(fc.tuple(fc.constantFrom('.', '_', '__', '-', '---'), label), { maxLength: 2 }))
  .map(([first, more]) => first + more.map((pair) => pair.join('')).join(''));
const tag = fc
  .tuple(letters(`${ALPHANUMERIC}_AZ`, 1), fc.string({ unit: fc.constantFrom(...`${ALPHANUMERIC}_AZ.-`), maxLength: 127 }))
  .map((pair) => pair.join(''));
const digest = fc
  .constantFrom<[string, number]>(['sha256', 64], ['sha384', 96], ['sha512', 128])
  .chain(([algorithm, length]) =>
    fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length }).map((hex) => `${algorithm}:${hex}`),
  );
const reference = fc
  .record({
    host,
    parts: fc.array(part, { minLength: 2, maxLength: 4 }),
    tag: fc.option(tag, { nil: undefined }),
    digest: fc.option(digest, { nil: undefined }),
  })
  .map(({ parts, ...rest }): ImageReference => ({ ...rest, path: parts.join('/') }));
/** Texts that are nearly names. */
const nearly = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(...'aA0.-_/:@[]', 'sha256:', 'docker.io/', SHA), maxLength: 20 }),
);

describe('repositoryOf', () => {
  test.each([
    ['nginx', 'docker.io/library/nginx'],
    ['nginx:1.27', 'docker.io/library/nginx'],
    ['docker.io/nginx@sha256:abc', 'docker.io/library/nginx'],
    ['index.docker.io/library/nginx', 'docker.io/library/nginx'],
    ['acme/api:v1', 'docker.io/acme/api'],
    ['registry.example.com/acme/api:v1@sha256:abc', 'registry.example.com/acme/api'],
    ['registry:5000/api', 'registry:5000/api'],
    ['localhost/api:v1', 'localhost/api'],
    ['registry:5000/api:v1', 'registry:5000/api'],
  ])('%s → %s', (image, repository) => expect(repositoryOf(image)).toBe(repository));
});

describe('for every name', () => {
  test('what was put together is taken apart into the same', () => {
    fc.assert(fc.property(reference, (one) => expect(parseImage(formatImage(one))).toEqual({ reference: one })));
  });

  test('nothing throws, and what is taken apart is put together into a full name that says the same', () => {
    fc.assert(
      fc.property(fc.oneof(nearly, reference.map(formatImage)), (text) => {
        const parsed = parseImage(text);
        const known = [repositoryOf(text), hostOf(text), nameOf(text), hasDigest(text), locatePrefix(text)];
        expect(known).not.toContain(undefined);
        if (parsed.reference === undefined) return;
        const full = formatImage(parsed.reference);
        expect(parseImage(full)).toEqual(parsed);
        expect([repositoryOf(text), hostOf(text), hasDigest(text)]).toEqual([
          `${parsed.reference.host}/${parsed.reference.path}`,
          parsed.reference.host,
          parsed.reference.digest !== undefined,
        ]);
        expect(text.startsWith(nameOf(text))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('a short name means Docker Hub’s', () => {
    fc.assert(
      fc.property(part, (name) => {
        fc.pre(!isDigest(`sha256:${name}`));
        expect(parseImage(name)).toEqual({ reference: { host: 'docker.io', path: `library/${name}` } });
        expect(parseImage(`docker.io/library/${name}`)).toEqual(parseImage(name));
      }),
    );
  });
});

test.each([
  ['registry.example.com', 'registry.example.com', ''],
  ['localhost:5000', 'localhost:5000', ''],
  ['registry.example.com/acme/team', 'registry.example.com', 'acme/team'],
  ['acme/api', 'docker.io', 'acme/api'],
  ['index.docker.io', 'docker.io', ''],
  ['', 'docker.io', 'library/'],
])('the prefix %s lies at %s', (prefix, at, path) => {
  expect(locatePrefix(prefix)).toEqual({ host: at, path });
});

test.each([
  ['ghcr.io', true],
  ['10.1.2.3:5000', true],
  ['[::1]:5000', true],
  ['localhost', true],
  ['acme', false],
  ['a b.io', false],
  ['-x.io', false],
])('%s is a registry’s host: %s', (text, expected) => {
  expect(isRegistryHost(text)).toBe(expected);
});
