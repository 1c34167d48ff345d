import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import type { HttpError } from '../../src/interfaces/errors.ts';
import type { KubernetesObject } from '../../src/interfaces/kubernetes.ts';
import { State } from '../../src/runtime/state.ts';
import { TempFiles } from '../../src/runtime/temp.ts';
import { KubernetesClient } from '../../src/tools/kubernetes/client.ts';
import type { ClusterAccess } from '../../src/tools/kubernetes/load.ts';

export const manager = { fieldManager: 'todo-deploy' };

/** A namespace of its own and a private folder for one test file, both removed after it. */
export function workplaceAt(access: ClusterAccess, name: string) {
  const namespace = `${name}-${Date.now().toString(36)}`;
  const folder = mkdtempSync(join(tmpdir(), `${namespace}-`));
  const kubernetes = new KubernetesClient(access, { namespace });
  beforeAll(async () => {
    await kubernetes.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, manager);
  }, 60_000);
  afterAll(async () => {
    await kubernetes.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
    await kubernetes.close();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);
  const configMap = (name: string, data: Record<string, string>, more: object = {}): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, ...more },
    data,
  });
  return { namespace, folder, kubernetes, files: new TempFiles(folder, new State({})), configMap };
}

export const ref = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', name });

/** The error that work ends with. */
export async function failure(work: Promise<unknown>): Promise<HttpError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason as HttpError,
  );
  if (error === undefined) throw new Error('it did not fail');
  return error;
}
