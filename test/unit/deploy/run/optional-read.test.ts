import { expect, test } from '@jest/globals';
import { ifReadable } from '../../../../src/deploy/run/optional-read.ts';
import { Recorder } from '../../../../src/deploy/run/run.ts';
import { HttpError } from '../../../../src/interfaces/errors.ts';

const refuses = (status: number) => () => Promise.reject(new HttpError('no', { status }));

test('what may not be read is one note, each thing once', async () => {
  const report = new Recorder();
  for (const what of ['nodes', 'claims', 'nodes']) expect(await ifReadable({ report }, what, refuses(403))).toBeUndefined();
  expect(report.notes).toEqual(['Not checked, since the account may not read it: nodes; claims']);
});

test('what may be read is read; any other error is one', async () => {
  const report = new Recorder();
  expect(await ifReadable({ report }, 'nodes', async () => 1)).toBe(1);
  await expect(ifReadable({ report }, 'nodes', refuses(500))).rejects.toThrow('no');
  expect(report.notes).toEqual([]);
});
