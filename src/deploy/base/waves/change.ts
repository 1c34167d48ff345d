import type { KubernetesObject } from '../../../interfaces/kubernetes.ts';
import type { ServicePort } from '../../../split/model.ts';
import type { Wave } from '../../../split/part/base-record.ts';

/** One object of the base, as the version that serves has it and as the new one wants it. */
export interface Change {
  before?: KubernetesObject | undefined;
  wanted?: KubernetesObject | undefined;
}

/** What becomes of it: `now` before the color comes up, `wanted` in its wave; nothing waits where they are the same. */
export interface Placed {
  now?: KubernetesObject | undefined;
  wanted?: KubernetesObject | undefined;
  wave?: Wave;
  /** What it is from the switch until the old color is gone, where that is neither. */
  between?: KubernetesObject;
}

/** What a change is judged by. */
export interface Surroundings {
  before: readonly KubernetesObject[];
  wanted: readonly KubernetesObject[];
  /** Labels of the pods that run or will. */
  pods: readonly Readonly<Record<string, string>>[];
  /** Objects of the namespace that are not of this app. */
  foreign: readonly KubernetesObject[];
  /** Ports that Services have now, by name. */
  ports: ReadonlyMap<string, readonly ServicePort[]>;
  /** Services whose selectors are ours until the old color is gone, and Helm's then. */
  givenBack: ReadonlySet<string>;
}
