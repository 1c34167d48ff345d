import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { until } from '../../../cluster/wait.ts';
import type { KindRef, Kubernetes } from '../../../src/interfaces/kubernetes.ts';

/** A project's own definitions, of whose kinds the API server knows once this returns. */
export async function installDefinitions(kubernetes: Kubernetes, file: string, kinds: readonly KindRef[]): Promise<void> {
  for (const document of parseAllDocuments(readFileSync(file, 'utf8'))) {
    const object = document.toJS();
    if (object) await kubernetes.apply(object, { fieldManager: 'test', force: true });
  }
  await until(`the kinds of ${file}`, 30_000, async () => {
    const known = await Promise.all(kinds.map((kind) => kubernetes.resource(kind)));
    return known.every((one) => one !== undefined) || undefined;
  });
}
