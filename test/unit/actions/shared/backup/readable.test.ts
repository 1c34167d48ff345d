import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readableRecords } from '../../../../../src/actions/shared/backup/readable.ts';
import { encodeRelease } from '../../../../../src/tools/helm/release-secret.ts';

const IMAGE = `registry.example/web@sha256:${'a'.repeat(64)}`;
const deployment = (name: string) =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      selector: {},
      template: { spec: { initContainers: [{ name: 'wait', image: 'busybox:1' }], containers: [{ name: 'web', image: IMAGE }] } },
    },
  });

test('of each record its values and its images go as text, too; one that cannot be read is said', () => {
  const folder = mkdtempSync(join(tmpdir(), 'todo-deploy-records-'));
  const put = (name: string, file: string, content: Buffer | string) => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, file), content);
  };
  const name = 'sh.helm.release.v1.todo.v7';
  const record = {
    name: 'todo',
    version: 7,
    info: { status: 'deployed' },
    chart: { metadata: { name: 'todo', version: '1.0.0' }, templates: null },
    config: { replicas: 2, host: 'todo.example' },
    manifest: ['web', 'api'].map((one) => `---\n# Source: todo/templates/${one}.yaml\n${deployment(one)}\n`).join(''),
  };
  // As a Secret's volume holds it: one base64 less.
  put(name, 'release', Buffer.from(encodeRelease(record), 'base64'));
  put('sh.helm.release.v1.todo-blue.v1', 'release', 'no record');
  put('todo-deploy-todo-journal', 'journal.json', '{}');
  const warnings: string[] = [];
  const log = { warning: (text: string) => void warnings.push(text) } as Parameters<typeof readableRecords>[0]['log'];
  expect(readableRecords({ log }, folder)).toEqual({
    [`${name}.values.yaml`]: 'replicas: 2\nhost: todo.example\n',
    [`${name}.images.txt`]: `busybox:1\n${IMAGE}\n`,
  });
  expect(warnings).toEqual([expect.stringContaining('The record sh.helm.release.v1.todo-blue.v1 goes into the backup as it is')]);
  expect(readableRecords({ log }, undefined)).toEqual({});
  rmSync(folder, { recursive: true });
});
