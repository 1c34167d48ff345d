import type { Helm } from '../../interfaces/helm.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';

type Proof = () => Promise<void>;

/** The same, but each of these calls is made only after the proof. */
function guarded<T extends object>(target: T, calls: readonly (keyof T)[], prove: Proof): T {
  return new Proxy(target, {
    get(_, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const call = value.bind(target) as (...args: unknown[]) => unknown;
      if (!(calls as readonly unknown[]).includes(name)) return call;
      return async (...args: unknown[]) => {
        await prove();
        return call(...args);
      };
    },
  });
}

/** One writer: whatever a run changes, it proves first that the app is still its own. */
export const fenced = <T extends { kubernetes: Kubernetes; helm: Helm }>(tools: T, prove: Proof): T => ({
  ...tools,
  kubernetes: guarded(tools.kubernetes, ['apply', 'create', 'replace', 'patch', 'delete'], prove),
  helm: guarded(tools.helm, ['apply', 'uninstall', 'clearPending', 'giveBack', 'test'], prove),
});
