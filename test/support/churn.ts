import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICE } from '../../src/deploy/kube/names.ts';
import { scale } from '../../src/deploy/kube/scale.ts';
import type { Kubernetes, KubernetesObject } from '../../src/interfaces/kubernetes.ts';

const NAME = 'churn';
const TURN_MS = 250;
/** A turn in which pods are started or stopped costs far more than one in which the Service selects others. */
const SCALED_EVERY = 12;
const AS = { fieldManager: 'churn', force: true };

/**
 * Another app of the cluster whose endpoints change four times a second, so that the kube-proxies and the Ingress controller always have something
 * to follow: its Service selects one half of its pods or the other, and it is scaled up and down.
 */
export class Churn {
  readonly #kubernetes: Kubernetes;
  #stopped = false;
  #turning: Promise<number> | undefined;

  constructor(kubernetes: Kubernetes) {
    this.#kubernetes = kubernetes;
  }

  async start(): Promise<void> {
    for (const half of ['a', 'b']) await this.#kubernetes.apply(deployment(half), AS);
    this.#turning = this.#turn();
    // Awaited in stop(); a failure before that must not end this process.
    this.#turning.catch(() => undefined);
  }

  /** Returns how often its endpoints were changed. */
  async stop(): Promise<number> {
    this.#stopped = true;
    return (await this.#turning) ?? 0;
  }

  async #turn(): Promise<number> {
    let turns = 0;
    for (; !this.#stopped; turns++) {
      const half = turns % 2 === 0 ? 'a' : 'b';
      await this.#kubernetes.apply(service(half), AS);
      if (turns % SCALED_EVERY === 0)
        await scale(
          this.#kubernetes,
          { apiVersion: 'apps/v1', kind: 'Deployment', name: `${NAME}-${half}` },
          turns % (2 * SCALED_EVERY) === 0 ? 2 : 1,
        );
      await sleep(TURN_MS);
    }
    return turns;
  }
}

const IMAGE = 'docker.io/library/busybox:1.37';

const deployment = (half: string): KubernetesObject => {
  const labels = { app: NAME, half };
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const container = { name: NAME, image: IMAGE, command: ['sleep', 'infinity'], ports: [{ containerPort: 8080 }], securityContext };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `${NAME}-${half}` },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { ...POD, containers: [container] } },
    },
  };
};

const POD = {
  terminationGracePeriodSeconds: 0,
  securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
};

const service = (half: string): KubernetesObject => ({
  ...SERVICE,
  metadata: { name: NAME },
  spec: { selector: { app: NAME, half }, ports: [{ port: 80, targetPort: 8080 }] },
});
