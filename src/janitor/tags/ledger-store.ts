import type { KindRef, Kubernetes, KubernetesObject } from '../../interfaces/kubernetes.ts';
import { fieldAt } from '../../interfaces/values.ts';
import { ledgerText, readLedger } from './ledger.ts';
import type { Ledger } from './model.ts';

export const LEDGER = 'todo-deploy-janitor';
const CONFIG_MAP: KindRef = { apiVersion: 'v1', kind: 'ConfigMap' };
const FIELD = 'unused.json';

/** The ledger in the cluster. Its writes are conditional: of two passes at once one ends. */
export class LedgerStore {
  readonly ledger: Ledger;
  readonly #kubernetes: Kubernetes;
  readonly #object: KubernetesObject | undefined;

  private constructor(kubernetes: Kubernetes, object: KubernetesObject | undefined) {
    this.#kubernetes = kubernetes;
    this.#object = object;
    const text = fieldAt(object, 'data', FIELD);
    this.ledger = readLedger(typeof text === 'string' ? text : undefined);
  }

  static async open(kubernetes: Kubernetes): Promise<LedgerStore> {
    return new LedgerStore(kubernetes, await kubernetes.get({ ...CONFIG_MAP, name: LEDGER }));
  }

  async write(ledger: Ledger): Promise<void> {
    const object = {
      ...CONFIG_MAP,
      metadata: { name: LEDGER, namespace: this.#kubernetes.namespace, resourceVersion: this.#object?.metadata.resourceVersion },
      data: { [FIELD]: ledgerText(ledger) },
    };
    await (this.#object ? this.#kubernetes.replace(object) : this.#kubernetes.create(object));
  }
}
