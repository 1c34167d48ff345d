import { ConfigurationError } from '../../interfaces/errors.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { NAME } from './cluster-access.ts';

/** Whether each preview has a namespace of its own, or all share one. */
const readIsolation = ({ inputs }: Pick<ActionContext, 'inputs'>): 'namespace' | 'release' =>
  inputs.choice('isolation', ['namespace', 'release'], 'namespace');

/** The namespace that previews share; undefined: each has its own. Throws ConfigurationError. */
export function readShared(context: Pick<ActionContext, 'inputs'>): string | undefined {
  const { inputs } = context;
  if (readIsolation(context) === 'namespace') return undefined;
  const namespace = inputs.string('namespace', { pattern: NAME, describe: 'a Kubernetes name such as previews' });
  if (namespace !== '') return namespace;
  throw new ConfigurationError('Input "isolation" is "release", and "namespace" is empty: previews share the namespace that it names', {
    hint: 'Name one that is there, for previews alone.',
  });
}
