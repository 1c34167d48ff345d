import { watchUntil } from '../../deploy/kube/watch.ts';
import { ConfigurationError, DeployError, TimeoutError } from '../../interfaces/errors.ts';
import type { KindRef, Kubernetes, KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { JobTools } from '../cluster/run-job.ts';
import type { Beside } from '../model.ts';
import { marksOf, nameFor, type Owner } from './marks.ts';
import { missingRights, veleroAccess } from './rights.ts';

/** What is read of Velero's Backup, as its definition has it. */
export interface VeleroBackup extends KubernetesObject {
  kind: 'Backup';
  status?: {
    phase?: string;
    failureReason?: string;
    validationErrors?: string[];
    errors?: number;
    warnings?: number;
    progress?: { itemsBackedUp?: number; totalItems?: number };
  };
}

export const VELERO_BACKUP: KindRef<VeleroBackup> = { apiVersion: 'velero.io/v1', kind: 'Backup' };
const FAILED = /^(FailedValidation|PartiallyFailed|Failed|Deleting)$/;

/** Throws before anything is touched: where there is no Velero, and where this account may not ask it. Errors: `configuration`, `access-denied`. */
export async function requireVelero(kubernetes: Kubernetes, namespace: string): Promise<void> {
  if ((await kubernetes.resource(VELERO_BACKUP)) === undefined) {
    throw new ConfigurationError(
      'Input "velero" asks for a backup by Velero, and the cluster has none: it knows no Backup (velero.io/v1)',
      {
        hint: 'Install Velero (velero install), or leave "velero" out.',
      },
    );
  }
  const denied = await kubernetes.denied(veleroAccess(kubernetes.namespace, namespace));
  if (denied.length > 0) throw missingRights('the input "velero"', denied);
}

export interface VeleroOptions {
  id: string;
  owner: Owner;
  /** Velero's own. */
  namespace: string;
  limitMs: number;
}

/** Has Velero back up the app's namespace, and watches that to its end. Errors: `backup-failed` with Velero's words, `TimeoutError`. */
export async function takeVelero(
  { id, owner, namespace, limitMs }: VeleroOptions,
  tools: JobTools,
): Promise<NonNullable<Beside['velero']>> {
  const { kubernetes, log } = tools;
  const name = nameFor(id, owner.release);
  const labels = marksOf(owner, id);
  const includedNamespaces = [kubernetes.namespace];
  await kubernetes.create({ ...VELERO_BACKUP, metadata: { name, namespace, labels }, spec: { includedNamespaces } });
  let said = '';
  let seen = false;
  await watchUntil({
    ...tools,
    watch: [{ kind: VELERO_BACKUP, options: { namespace, fieldSelector: `metadata.name=${name}` } }],
    limitMs,
    waitingFor: `Velero's Backup ${name} to be completed`,
    judge: (view) => {
      const backup = view.get(VELERO_BACKUP, name);
      if (backup === undefined) {
        if (seen) throw new DeployError('backup-failed', `Velero's Backup ${namespace}/${name} was deleted while it was waited for`);
        return undefined;
      }
      seen = true;
      const { phase = '' } = backup.status ?? {};
      if (phase === 'Completed') return true;
      if (FAILED.test(phase))
        throw new DeployError('backup-failed', failureOf(namespace, backup), { hint: `velero backup logs ${name} says more.` });
      const words = `Waiting for Velero's Backup ${namespace}/${name} to be completed: ${phase || 'not begun yet'}`;
      if (words !== said) log.info(words);
      said = words;
      return undefined;
    },
    onLimit: (view) => tooLate(namespace, name, view.get(VELERO_BACKUP, name), limitMs),
  });
  log.info(`Velero's Backup ${namespace}/${name} is completed`);
  return { namespace, name };
}

/** Pure: in Velero's own words. */
export function failureOf(namespace: string, { metadata, status }: VeleroBackup): string {
  const { phase, failureReason, validationErrors = [], errors = 0 } = status ?? {};
  const words = [...validationErrors, failureReason ?? '', ...(errors > 0 ? [`${errors} error(s)`] : [])].filter((word) => word !== '');
  return `Velero's Backup ${namespace}/${metadata.name} is ${phase}${words.length > 0 ? `: ${words.join('; ')}` : ''}`;
}

function tooLate(namespace: string, name: string, backup: VeleroBackup | undefined, limitMs: number): TimeoutError {
  const { phase, progress } = backup?.status ?? {};
  const done = progress?.totalItems ? `, ${progress.itemsBackedUp ?? 0} of ${progress.totalItems} items` : '';
  const state = phase ? `${phase}${done}` : `not begun: is Velero running in namespace ${namespace}?`;
  return new TimeoutError(`Velero's Backup ${namespace}/${name} to be completed (${state})`, limitMs);
}
