import { expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import { deleteByUid } from '../../../src/preview/gone/delete-by-uid.ts';
import { workplace } from '../support/api.ts';

const { kubernetes } = workplace('delete-by-uid');
const MARKS = { apiVersion: 'v1', kind: 'ConfigMap', name: 'marks' };
const make = async () => (await kubernetes.create<KubernetesObject>({ ...MARKS, metadata: { name: MARKS.name } })).metadata.uid;

test('what was made anew under the name of what is gone stays, and that is no error', async () => {
  const first = await make();
  await deleteByUid(kubernetes, MARKS, first);
  const second = await make();
  await deleteByUid(kubernetes, MARKS, first);
  expect((await kubernetes.get(MARKS))?.metadata.uid).toBe(second);
});
