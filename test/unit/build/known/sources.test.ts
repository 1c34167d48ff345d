import { describe, expect, test } from '@jest/globals';
import { frontendOf, sourcesOf } from '../../../../src/build/known/sources.ts';

const hex = 'a'.repeat(64);
const material = (uri: string, sha256 = hex) => ({ uri, digest: { sha256 } });
const provenance = (...materials: unknown[]) => ({ '': { buildType: 'https://mobyproject.org/buildkit@v1', materials } });

describe('what a build was made from', () => {
  test.each<[string, string]>([
    ['pkg:docker/python@3.13-slim?platform=linux%2Famd64', 'docker.io/library/python:3.13-slim'],
    ['pkg:docker/acme/base@1', 'docker.io/acme/base:1'],
    ['pkg:docker/ghcr.io/acme/base@1?platform=linux%2Farm64', 'ghcr.io/acme/base:1'],
    ['pkg:docker/localhost%3A5000/base@latest', 'localhost:5000/base:latest'],
  ])('%s', (uri, image) => {
    expect(sourcesOf(provenance(material(uri)))).toEqual([{ image, digest: `sha256:${hex}` }]);
  });

  test('leaves out what is named by digest, and says what two platforms share once', () => {
    const pinned = material(`pkg:docker/python?digest=sha256:${hex}&platform=linux%2Famd64`);
    const shared = (platform: string) => material(`pkg:docker/node@24?platform=linux%2F${platform}`);
    const both = {
      'linux/amd64': { buildType: 'b', materials: [pinned, shared('amd64')] },
      'linux/arm64': { buildType: 'b', materials: [shared('arm64')] },
    };
    expect(sourcesOf(both)).toEqual([{ image: 'docker.io/library/node:24', digest: `sha256:${hex}` }]);
  });

  test('is nothing for an image from scratch, also in SLSA 1', () => {
    expect(sourcesOf({ '': { buildType: 'b' } })).toEqual([]);
    expect(sourcesOf({ '': { buildDefinition: { resolvedDependencies: [] } } })).toEqual([]);
  });

  test.each<[string, Record<string, unknown>]>([
    ['no record', {}],
    ['a record of another kind', { '': {} }],
    ['an address', provenance(material('https://example.com/a.tar'))],
    ['a repository', provenance(material('https://github.com/acme/a.git#main'))],
    ['a layout', provenance(material('pkg:oci/a@1'))],
    ['one name with two digests', provenance(material('pkg:docker/a@1'), material('pkg:docker/a@1', 'b'.repeat(64)))],
    ['no digest', provenance({ uri: 'pkg:docker/a@1' })],
  ])('is not known: %s', (_, record) => {
    expect(sourcesOf(record)).toBeUndefined();
  });
});

describe('the frontend of a Dockerfile', () => {
  test.each<[string, string | undefined]>([
    ['FROM scratch', undefined],
    ['# a comment\nFROM scratch', undefined],
    ['# syntax=docker/dockerfile:1\nFROM scratch', 'docker.io/docker/dockerfile:1'],
    ['#syntax = ghcr.io/acme/front:2 # x', 'ghcr.io/acme/front:2'],
    ['# escape=`\n# syntax=docker/dockerfile', 'docker.io/docker/dockerfile:latest'],
    ['#!/bin/front\n// syntax=docker/dockerfile:1', 'docker.io/docker/dockerfile:1'],
    [`# syntax=docker/dockerfile@sha256:${hex}`, undefined],
    ['FROM scratch\n# syntax=docker/dockerfile:1', undefined],
    ['{"syntax": "docker/dockerfile:1"}', ''],
  ])('%j', (text, frontend) => {
    expect(frontendOf(text, {})).toBe(frontend);
  });

  test('may be a build argument', () => {
    expect(frontendOf('FROM scratch', { BUILDKIT_SYNTAX: 'docker/dockerfile:1' })).toBe('docker.io/docker/dockerfile:1');
  });
});
