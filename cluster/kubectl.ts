import { stringify } from 'yaml';
import { PATHS } from './config.ts';
import { ClusterError, messageOf } from './errors.ts';
import { run } from './exec.ts';

const ENV = { KUBECONFIG: PATHS.kubeconfig };

/** Runs kubectl as the cluster's administrator. `timeout` in milliseconds. */
export function kubectl(args: readonly string[], options: { input?: string; timeout?: number } = {}): Promise<string> {
  return run('kubectl', args, { ...options, env: ENV });
}

/** Applies objects server-side; a second time changes nothing. */
export async function apply(objects: readonly object[]): Promise<void> {
  await applyYaml(objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n'));
}

/** The same, of documents as they are written. */
export async function applyYaml(input: string): Promise<void> {
  await kubectl(['apply', '--server-side', '--force-conflicts', '--field-manager=cluster-up', '-f', '-'], { input });
}

/** Watches until an object is there and meets a condition, at most `seconds`. */
export async function waitFor(object: string, condition: string, seconds: number, namespace = 'default'): Promise<void> {
  const limits = (forWhat: string) => ['wait', '-n', namespace, object, `--for=${forWhat}`, `--timeout=${seconds}s`];
  await kubectl(limits('create'), { timeout: (seconds + 5) * 1000 });
  await kubectl(limits(condition), { timeout: (seconds + 5) * 1000 });
}

/** Watches a workload until its pods run its newest template; says what its pods wait for when they do not. */
export async function rolledOut(workload: string, namespace: string, seconds = 90): Promise<void> {
  const follow = () =>
    kubectl(['rollout', 'status', workload, '-n', namespace, `--timeout=${seconds}s`], { timeout: (seconds + 5) * 1000 });
  try {
    await follow().catch(async (error: unknown) => {
      // Left by a start that failed: its pods wait ever longer between tries, new ones do not.
      if (!messageOf(error).includes('exceeded its progress deadline')) throw error;
      await kubectl(['rollout', 'restart', workload, '-n', namespace]);
      await follow();
    });
  } catch (error) {
    const pods = await kubectl(['get', 'pods', '-n', namespace, '-o', 'wide']).catch(() => '');
    const events = await kubectl(['get', 'events', '-n', namespace, '--field-selector=type=Warning', '--sort-by=.lastTimestamp']).catch(
      () => '',
    );
    throw new ClusterError(`${messageOf(error)}\n${pods}${events.split('\n').slice(-8).join('\n')}`);
  }
}
