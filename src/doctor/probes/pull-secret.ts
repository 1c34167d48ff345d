import { SECRET } from '../../deploy/kube/names.ts';
import { hostOf } from '../../interfaces/image-reference.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Secret } from '../../interfaces/objects.ts';
import { tryJson } from '../../interfaces/reading/json.ts';
import { isMap } from '../../interfaces/values.ts';
import { containersOf, podTemplateOf } from '../../split/kinds/pods.ts';
import type { Finding, Patient, Probe } from '../patient/model.ts';
import { madeBy, objectsOf } from '../patient/objects.ts';

const TYPE = 'kubernetes.io/dockerconfigjson';
const HUB = ['docker.io', 'index.docker.io', 'https://index.docker.io/v1/'];

/** Whether the Secrets that the pods pull with are there, and open the registry that is meant. */
export const pullSecret: Probe = {
  title: 'pull secret',
  asksCluster: true,
  async run(patient) {
    const objects = await objectsOf(patient).catch(() => []);
    const own = madeBy(objects, 'Secret');
    const named = new Set([...patient.imagePullSecrets, ...objects.flatMap(inPods)]);
    const kept = [...named].filter((name) => patient.keptSecrets.includes(name));
    const wanted = [...named].filter((name) => !own.has(name) && !kept.includes(name) && !patient.secrets.includes(name));
    const hosts = hostsOf(patient, objects);
    const findings = await Promise.all(wanted.map((name) => examineOne(patient, name, hosts)));
    const keeping = kept.map((name): Finding => ({ level: 'ok', message: `${name} is kept by every deploy` }));
    if (findings.length + keeping.length > 0) return [...findings, ...keeping];
    return [
      {
        level: 'ok',
        message: own.size > 0 && named.size > 0 ? 'the chart brings its own' : 'none is named: the images are pulled without a login',
      },
    ];
  },
};

const inPods = (object: KubernetesObject): string[] =>
  (podTemplateOf(object)?.spec?.imagePullSecrets ?? []).flatMap(({ name }) => (name ? [name] : []));

/** Of the app's own registry, else of whatever its pods pull. */
function hostsOf({ registry }: Patient, objects: readonly KubernetesObject[]): string[] {
  if (registry !== undefined) return [registry.host];
  return [...new Set(objects.flatMap((object) => containersOf(podTemplateOf(object)?.spec).map(({ image }) => hostOf(image ?? ''))))];
}

async function examineOne({ kubernetes }: Patient, name: string, hosts: readonly string[]): Promise<Finding> {
  const { namespace } = kubernetes;
  const [host = 'HOST'] = hosts;
  const server = host === 'docker.io' ? 'https://index.docker.io/v1/' : host;
  const create = `kubectl --namespace ${namespace} create secret docker-registry ${name} --docker-server=${server} --docker-username=USER --docker-password=TOKEN`;
  const anew = `kubectl --namespace ${namespace} delete secret ${name} && ${create}`;
  const live = await kubernetes.get({ ...SECRET, name });
  if (live === undefined)
    return { level: 'fail', message: `the pods pull with the Secret ${name}, which is not in namespace ${namespace}`, mend: create };
  if (live.type !== TYPE)
    return { level: 'fail', message: `the Secret ${name} is of type ${live.type}, and pods pull with ${TYPE} alone`, mend: anew };
  const opens = openedBy(live);
  if (hosts.length === 0 || hosts.some((one) => opens.includes(one) || (HUB.includes(one) && HUB.some((alias) => opens.includes(alias)))))
    return { level: 'ok', message: `${name} is there, for ${opens.join(', ')}` };
  return {
    level: 'fail',
    message: `the Secret ${name} opens ${opens.join(', ') || 'no registry'}, and the images are at ${hosts.join(', ')}`,
    mend: anew,
  };
}

/** Hosts, as they are written in the Secret, without scheme and path. */
function openedBy(secret: Secret): string[] {
  const config = tryJson(Buffer.from(secret.data?.['.dockerconfigjson'] ?? '', 'base64').toString('utf8'));
  const auths = isMap(config) && isMap(config.auths) ? Object.keys(config.auths) : [];
  return auths.map((key) => (HUB.includes(key) ? key : key.replace(/^https?:\/\//, '').replace(/\/.*$/, '')));
}
