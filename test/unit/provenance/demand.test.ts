import { describe, expect, test } from '@jest/globals';
import { issuerOf, parseDemand } from '../../../src/provenance/demand.ts';

const context = { server: 'https://github.com', repository: 'acme/todo' };
const ATTESTED = 'org/todo-deploy/.github/workflows/deploy-attested.yml';

describe('the input "verify"', () => {
  test('left out demands nothing', () => {
    expect(parseDemand([], context)).toBeUndefined();
  });

  test('a repository is the source, and its own workflows sign', () => {
    expect(parseDemand(['acme/other'], context)).toEqual({
      server: 'https://github.com',
      issuer: 'https://token.actions.githubusercontent.com',
      sources: [{ path: 'acme/other', ref: undefined }],
      signers: [],
    });
  });

  test('a workflow signs, for the repository of the run', () => {
    expect(parseDemand([`${ATTESTED}@refs/tags/v1`], context)).toMatchObject({
      sources: [{ path: 'acme/todo' }],
      signers: [{ path: ATTESTED, ref: 'refs/tags/v1' }],
    });
  });

  test('several of both, each at a ref of its own', () => {
    expect(parseDemand(['acme/a@refs/heads/main', 'acme/b', ATTESTED, 'acme/ci/.github/workflows/x.yaml'], context)).toMatchObject({
      sources: [
        { path: 'acme/a', ref: 'refs/heads/main' },
        { path: 'acme/b', ref: undefined },
      ],
      signers: [{ path: ATTESTED }, { path: 'acme/ci/.github/workflows/x.yaml' }],
    });
  });

  test('a workflow that anybody may call is not enough where no repository is known', () => {
    expect(() => parseDemand([ATTESTED], { ...context, repository: undefined })).toThrow('not the repository whose sources it built');
  });

  test.each([
    'true',
    'acme',
    'acme/',
    '/todo',
    'https://github.com/acme/todo',
    'acme/todo/deploy.yml',
    'acme/../todo',
    './todo',
    'a/todo@',
    'a/b@x y',
  ])('"%s" is refused by name', (line) => {
    expect(() => parseDemand([line], context)).toThrow(`Input "verify" holds "${line}"`);
  });

  test.each([
    ['https://github.com', 'https://token.actions.githubusercontent.com'],
    ['https://acme.ghe.com', 'https://token.actions.acme.ghe.com'],
    ['https://git.example.com', 'https://git.example.com/_services/token'],
  ])('runs of %s are vouched for by %s', (server, issuer) => {
    expect(issuerOf(server)).toBe(issuer);
  });
});
