import { SECRET } from '../../deploy/kube/names.ts';
import type { KindRef, KubernetesObject } from '../../interfaces/kubernetes.ts';
import { fieldAt } from '../../interfaces/values.ts';
import type { Finding, Patient, Probe } from '../patient/model.ts';
import { conditionOf, isIngress, madeBy, objectsOf, unique } from '../patient/objects.ts';

const API = 'cert-manager.io/v1';
const INSTALL =
  'helm install cert-manager oci://quay.io/jetstack/charts/cert-manager --namespace cert-manager --create-namespace --set crds.enabled=true';

/** An issuer that something of the chart names. */
interface Named {
  by: string;
  kind: 'ClusterIssuer' | 'Issuer';
  name: string;
}

/** Whether certificates can be had: the issuers that are named, and Secrets that nobody issues. */
export const issuer: Probe = {
  title: 'issuer',
  asksCluster: true,
  async run(patient) {
    const objects = await objectsOf(patient);
    const named = [...new Map(objects.flatMap(namedIn).map((one) => [`${one.kind}/${one.name}`, one])).values()];
    const own = { ClusterIssuer: madeBy(objects, 'ClusterIssuer'), Issuer: madeBy(objects, 'Issuer') };
    const foreign = named.filter(({ kind, name }) => !own[kind].has(name));
    const findings = [...(await Promise.all(foreign.map((one) => examineOne(patient, one)))), ...(await secretFindings(patient, objects))];
    return findings.length > 0
      ? unique(findings)
      : [{ level: 'ok', message: named.length > 0 ? 'the chart brings its issuer' : 'the chart asks for no certificate' }];
  },
};

function namedIn(object: KubernetesObject): Named[] {
  const by = `${object.kind}/${object.metadata.name}`;
  const { annotations = {} } = object.metadata;
  const cluster = annotations['cert-manager.io/cluster-issuer'];
  const local = annotations['cert-manager.io/issuer'];
  const ref = object.kind === 'Certificate' ? fieldAt(object, 'spec', 'issuerRef') : undefined;
  const name = fieldAt(ref, 'name');
  return [
    ...(cluster ? [{ by, kind: 'ClusterIssuer' as const, name: cluster }] : []),
    ...(local ? [{ by, kind: 'Issuer' as const, name: local }] : []),
    ...(typeof name === 'string'
      ? [{ by, kind: fieldAt(ref, 'kind') === 'ClusterIssuer' ? ('ClusterIssuer' as const) : ('Issuer' as const), name }]
      : []),
  ];
}

async function examineOne({ kubernetes }: Patient, { by, kind, name }: Named): Promise<Finding> {
  const ref: KindRef = { apiVersion: API, kind };
  const asked = `${by} asks the ${kind} "${name}" for its certificate`;
  if ((await kubernetes.resource(ref)) === undefined)
    return { level: 'fail', message: `${asked}, and cert-manager is not installed`, mend: INSTALL };
  const found = await kubernetes.get({ ...ref, name });
  if (found === undefined)
    return { level: 'fail', message: `${asked}, and there is none of that name`, mend: creation(kind, name, kubernetes.namespace) };
  const ready = conditionOf(found, 'Ready');
  if (ready?.status === 'True') return { level: 'ok', message: `${by} gets its certificate from the ${kind} ${name}` };
  return {
    level: 'warn',
    message: `${asked}, which is not ready${ready?.message ? `: ${ready.message}` : ''}`,
    mend: `kubectl describe ${kind.toLowerCase()} ${name}`,
  };
}

/** Let's Encrypt, as most have it. */
const creation = (kind: string, name: string, namespace: string): string => `kubectl apply --filename - <<'EOF'
apiVersion: ${API}
kind: ${kind}
metadata:
  name: ${name}${kind === 'Issuer' ? `\n  namespace: ${namespace}` : ''}
spec:
  acme:
    server: https://acme-v02.api.letsencrypt.org/directory
    privateKeySecretRef: { name: ${name} }
    solvers: [{ http01: { ingress: {} } }]
EOF`;

/** A certificate that nobody issues has to be there. */
async function secretFindings({ kubernetes, secrets }: Patient, objects: readonly KubernetesObject[]): Promise<Finding[]> {
  const issued = new Set([
    ...objects.map((object) => fieldAt(object, 'kind') === 'Certificate' && fieldAt(object, 'spec', 'secretName')),
    ...madeBy(objects, 'Secret'),
    ...secrets,
  ]);
  const wanted = objects.filter(isIngress).flatMap((ingress) => {
    if (namedIn(ingress).length > 0) return [];
    return (ingress.spec?.tls ?? []).flatMap(({ secretName }) =>
      secretName && !issued.has(secretName) ? [{ by: `Ingress/${ingress.metadata.name}`, secretName }] : [],
    );
  });
  const found = await Promise.all(
    wanted.map(async ({ by, secretName }): Promise<Finding> => {
      if (await kubernetes.get({ ...SECRET, name: secretName }))
        return { level: 'ok', message: `${by} has its certificate in the Secret ${secretName}` };
      const mend = `kubectl --namespace ${kubernetes.namespace} create secret tls ${secretName} --cert=tls.crt --key=tls.key`;
      return {
        level: 'fail',
        message: `${by} takes its certificate from the Secret ${secretName}, which is not there, and names no issuer`,
        mend,
      };
    }),
  );
  return found;
}
