import { describe, expect, test } from '@jest/globals';
import { readManifests } from '../../../../src/split/read/manifests.ts';

describe('readManifests', () => {
  test('keeps order and source, skips empty documents', () => {
    const read = readManifests(
      '---\n# Source: a/templates/one.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n---\n---\n# only a comment\n---\n# Source: a/templates/two.yaml\n# more\napiVersion: v1\nkind: Secret\nmetadata: {name: two}\n',
    );
    expect(read.manifests.map(({ object, source }) => [object.kind, object.metadata.name, source])).toEqual([
      ['ConfigMap', 'one', 'a/templates/one.yaml'],
      ['Secret', 'two', 'a/templates/two.yaml'],
    ]);
    expect(read.warnings).toEqual([]);
  });

  test('flattens lists, typed ones too', () => {
    const read = readManifests(`
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
  - {apiVersion: apps/v1, kind: DeploymentList, items: [{metadata: {name: b}}, {apiVersion: apps/v1, kind: Deployment, metadata: {name: c}}]}
`);
    expect(read.manifests.map(({ object }) => `${object.apiVersion} ${object.kind} ${object.metadata.name}`)).toEqual([
      'v1 ConfigMap a',
      'apps/v1 Deployment b',
      'apps/v1 Deployment c',
    ]);
  });

  test('reports keys that are written twice; the last one counts', () => {
    const read = readManifests('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  K: one\n  K: two\n');
    expect(read.manifests[0]?.object.data).toEqual({ K: 'two' });
    expect(read.warnings).toEqual([
      expect.objectContaining({ object: 'ConfigMap/a', message: 'data.K is written twice; the last one counts' }),
    ]);
  });

  test.each([
    ['a: [1', /is not valid YAML/],
    ['just text', /no kind or no apiVersion/],
    ['kind: ConfigMap\nmetadata: {name: a}', /no kind or no apiVersion/],
    ['apiVersion: v1\nkind: ConfigMap\nmetadata: {}', /ConfigMap has no metadata.name/],
    ['apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 5}', /ConfigMap has no metadata.name/],
  ])('%j is refused', (text, message) => {
    expect(() => readManifests(text)).toThrow(message);
  });
});
