import { describe, expect, test } from '@jest/globals';
import { parseInspect, parseMetadata } from '../../../../src/tools/buildx/output.ts';

describe('what buildx says', () => {
  test('inspect', () => {
    const text = `Name:          todo\nDriver:        remote\nLast Activity: 2026-11-24\n\nNodes:\nName:     todo0\nEndpoint: unix:///x\nStatus:   running\nPlatforms: linux/amd64*, linux/arm64\n`;
    expect(parseInspect(text)).toEqual({ name: 'todo', driver: 'remote', platforms: ['linux/amd64', 'linux/arm64'] });
  });

  test('metadata', () => {
    const text = JSON.stringify({
      'containerimage.digest': 'sha256:a',
      'buildx.build.provenance/linux/amd64': { a: 1 },
      'buildx.build.ref': 'x',
    });
    expect(parseMetadata(text)).toEqual({ digest: 'sha256:a', provenance: { 'linux/amd64': { a: 1 } } });
    expect(parseMetadata('{}')).toEqual({ digest: undefined, provenance: {} });
    expect(() => parseMetadata('no')).toThrow('is not JSON');
  });
});
