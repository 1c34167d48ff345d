import { JOB } from '../../../deploy/kube/names.ts';
import type { KubernetesObject } from '../../../interfaces/kubernetes.ts';
import type { Own } from '../../../interfaces/own.ts';
import { scriptFor, type Wanted } from './script.ts';
import { NODE_VARIABLE } from './targets.ts';

export const PROBE = 'todo-deploy-isolation-probe';
/** A run that is killed leaves it behind: Kubernetes ends it, and removes it. */
const LONGEST_S = 60;

export interface ProbeJob {
  namespace: string;
  own: Own;
  image: string;
  imagePullSecrets: readonly string[];
  priorityClass: string | undefined;
  wanted: Wanted;
}

/** Pure: the Job of a probe, a pod that Pod Security `restricted` takes, without a token. */
export function probeJob({ namespace, own, image, imagePullSecrets, priorityClass, wanted }: ProbeJob): KubernetesObject {
  const container = {
    name: 'probe',
    image,
    command: ['node', '-e'],
    args: [scriptFor(wanted)],
    env: [{ name: NODE_VARIABLE, valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } }],
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '128Mi' } },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
  };
  return {
    ...JOB,
    metadata: { name: own.name(PROBE), namespace, labels: { ...own.labels } },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: LONGEST_S,
      ttlSecondsAfterFinished: LONGEST_S,
      template: {
        metadata: { labels: { ...own.labels } },
        spec: {
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 0,
          ...(priorityClass && { priorityClassName: priorityClass }),
          securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
          imagePullSecrets: imagePullSecrets.map((name) => ({ name })),
          containers: [container],
        },
      },
    },
  } as KubernetesObject;
}
