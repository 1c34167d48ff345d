import { expect, test } from '@jest/globals';
import { configBlob } from '../../../../cluster/images/config.ts';

test('an image has a history entry for each layer, and the same content has the same text', () => {
  const layer = (hex: string) => ({ diffId: `sha256:${hex}`, descriptor: { mediaType: 'x', digest: `sha256:${hex}`, size: 1 } });
  const blob = (): unknown => configBlob({ cmd: ['sh'] }, 'amd64', [layer('a'), layer('b')]);
  expect(blob()).toMatchObject({ history: [{ created: expect.any(String) }, { created: expect.any(String) }] });
  expect(JSON.stringify(blob())).toBe(JSON.stringify(blob()));
});
