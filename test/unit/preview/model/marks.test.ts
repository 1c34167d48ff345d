import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import { namespaceName, type PreviewKey } from '../../../../src/preview/model/key.ts';
import {
  momentIn,
  momentText,
  NOTES,
  NUMBER_LABEL,
  PREVIEW_LABEL,
  previewIn,
  previewLabels,
  previewNotes,
  REPOSITORY_LABEL,
} from '../../../../src/preview/model/marks.ts';
import { key, moment, release } from './arbitraries.ts';

const KEY = { repositoryId: 42, number: 1 };
const namespaceOf = (of: PreviewKey = KEY, name = namespaceName(of, 'todo')): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, uid: 'u1', resourceVersion: '5', labels: previewLabels(of) },
});
const with_ = (labels: Record<string, string | undefined>): KubernetesObject => {
  const object = namespaceOf();
  const entries = Object.entries({ ...object.metadata.labels, ...labels }).filter(([, value]) => value !== undefined);
  return { ...object, metadata: { ...object.metadata, labels: Object.fromEntries(entries) as Record<string, string> } };
};

describe('the marks of a preview', () => {
  test('are read back as they were written', () => {
    fc.assert(
      fc.property(key, release, moment, (of, name, expires) => {
        const object = namespaceOf(of, namespaceName(of, name));
        object.metadata.annotations = previewNotes({ release: name, expiresAt: momentText(expires), expiresAfter: '60', state: 'awake' });
        expect(previewIn(object)).toMatchObject({
          key: of,
          release: name,
          expiresAt: expires,
          expiresAfterMs: 60_000,
          state: 'awake',
          uid: 'u1',
        });
      }),
    );
  });

  test.each<[string, KubernetesObject]>([
    ['without the first label', with_({ [PREVIEW_LABEL]: undefined })],
    ['without the number', with_({ [NUMBER_LABEL]: undefined })],
    ['with an empty number', with_({ [NUMBER_LABEL]: '' })],
    ['with another number', with_({ [NUMBER_LABEL]: '12' })],
    ['with a leading zero', with_({ [NUMBER_LABEL]: '01', [PREVIEW_LABEL]: '42-01' })],
    ['with more than digits', with_({ [NUMBER_LABEL]: '1a' })],
    ['with another repository', with_({ [REPOSITORY_LABEL]: '43' })],
    ['copied to another namespace', { ...namespaceOf(KEY, 'production') }],
    ['copied to another pull request’s', namespaceOf(KEY, namespaceName({ repositoryId: 42, number: 12 }, 'todo'))],
    ['on an object of another kind', { ...namespaceOf(), kind: 'ConfigMap' }],
    ['without a UID', { ...namespaceOf(), metadata: { ...namespaceOf().metadata, uid: '' } }],
    ['without labels', { ...namespaceOf(), metadata: { name: namespaceName(KEY, 'todo'), uid: 'u1' } }],
  ])('%s: not ours', (_, object) => expect(previewIn(object)).toBeUndefined());

  test('notes that are no such thing count as missing, and the preview stays ours', () => {
    const object = namespaceOf();
    object.metadata.annotations = Object.fromEntries(Object.values(NOTES).map((name) => [name, 'soon']));
    expect(previewIn(object)).toMatchObject({
      expiresAt: undefined,
      warnedAt: undefined,
      expiresAfterMs: undefined,
      state: undefined,
      comment: undefined,
    });
    expect(previewIn(namespaceOf())).toMatchObject({ expiresAt: undefined, release: undefined, ending: false });
  });

  test('one that is being deleted says so', () => {
    const object = namespaceOf();
    object.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    expect(previewIn(object)?.ending).toBe(true);
  });

  test.each(['2026-02-30T00:00:00Z', '2026-01-01', '2026-01-01T00:00:00+02:00', '1767225600', ''])('%p is no moment', (text) =>
    expect(momentIn(text)).toBeUndefined(),
  );
});
