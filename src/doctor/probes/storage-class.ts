import { describe, PERSISTENT_VOLUME_CLAIM } from '../../deploy/kube/names.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { fieldAt } from '../../interfaces/values.ts';
import type { Finding, Patient, Probe } from '../patient/model.ts';
import { isClaim, isDefault, namesOf, objectsOf, STORAGE_CLASS, unique } from '../patient/objects.ts';

const INSTALL =
  'kubectl apply --filename https://raw.githubusercontent.com/rancher/local-path-provisioner/v0.0.32/deploy/local-path-storage.yaml';

interface Claim {
  by: string;
  /** undefined: the default one. */
  storageClass: string | undefined;
}

/** Whether the chart's volumes can be had: a claim of a class that is not there waits indefinitely. */
export const storageClass: Probe = {
  title: 'storage class',
  asksCluster: true,
  async run(patient) {
    const claims = await missingClaims(patient, await objectsOf(patient));
    if (claims.length === 0) return [{ level: 'ok', message: 'the chart needs no volume that is not there' }];
    const { items } = await patient.kubernetes.list(STORAGE_CLASS);
    return unique(claims.map((claim) => examineOne(claim, items)));
  },
};

/** A claim that is there has found its volume, or tells why not. */
async function missingClaims({ kubernetes }: Patient, objects: readonly KubernetesObject[]): Promise<Claim[]> {
  const claims = await Promise.all(
    objects.filter(isClaim).map(async (claim): Promise<Claim[]> => {
      const live = await kubernetes.get({ ...PERSISTENT_VOLUME_CLAIM, name: claim.metadata.name });
      return live || claim.spec?.volumeName
        ? []
        : [{ by: `PersistentVolumeClaim/${claim.metadata.name}`, storageClass: claim.spec?.storageClassName }];
    }),
  );
  const templates = objects.flatMap((object): Claim[] => {
    const all = fieldAt(object, 'spec', 'volumeClaimTemplates');
    return (Array.isArray(all) ? all : []).map((template) => {
      const wanted = fieldAt(template, 'spec', 'storageClassName');
      return { by: describe(object), storageClass: typeof wanted === 'string' ? wanted : undefined };
    });
  });
  return [...claims.flat(), ...templates];
}

function examineOne({ by, storageClass: wanted }: Claim, classes: readonly KubernetesObject[]): Finding {
  const there = namesOf(classes);
  const listed = there.length === 0 ? 'there is none at all' : `there are: ${there.join(', ')}`;
  if (wanted === '')
    return {
      level: 'warn',
      message: `${by} asks for a volume that somebody makes by hand (storageClassName: "")`,
      mend: 'kubectl get persistentvolumes',
    };
  const [first] = there;
  if (wanted !== undefined) {
    if (there.includes(wanted)) return { level: 'ok', message: `${by} has the storage class ${wanted}, which is there` };
    return {
      level: 'fail',
      message: `${by} asks for the storage class "${wanted}", and ${listed}`,
      mend: first === undefined ? INSTALL : `set the storage class to ${first} in the chart's values`,
    };
  }
  const usual = classes.filter(isDefault);
  if (usual.length > 0) return { level: 'ok', message: `${by} gets the default storage class ${namesOf(usual).join(', ')}` };
  return {
    level: 'fail',
    message: `${by} names no storage class, and the cluster has no default one: ${listed}`,
    mend: first === undefined ? INSTALL : `kubectl annotate storageclass ${first} storageclass.kubernetes.io/is-default-class=true`,
  };
}
