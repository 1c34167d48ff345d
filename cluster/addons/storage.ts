import { apply } from '../kubectl.ts';
import { account, labels, namespace, rule } from './objects.ts';

const NAME = 'local-path-provisioner';
const NS = 'local-path-storage';

/** The default StorageClass `local-path`: a volume is a folder on the node where its first pod runs. */
export async function applyStorage(image: string, helperImage: string): Promise<void> {
  const all = ['get', 'list', 'watch', 'create', 'patch', 'update', 'delete'];
  const rules = [
    rule('', 'nodes persistentvolumeclaims configmaps pods pods/log'),
    rule('', 'pods', ['create', 'delete']),
    rule('', 'persistentvolumes', all),
    rule('', 'events', ['create', 'patch']),
    rule('storage.k8s.io', 'storageclasses'),
    rule('', 'endpoints', all),
    rule('coordination.k8s.io', 'leases', all),
  ];
  await apply([namespace(NS), ...account(NAME, NS, rules), config(helperImage), deployment(image, helperImage), storageClass()]);
}

function config(helperImage: string): object {
  const paths = { nodePathMap: [{ node: 'DEFAULT_PATH_FOR_NON_LISTED_NODES', paths: ['/var/lib/local-path'] }] };
  const helper = { name: 'helper-pod', image: helperImage, imagePullPolicy: 'IfNotPresent' };
  const data = {
    'config.json': JSON.stringify(paths),
    setup: '#!/bin/sh\nset -eu\nmkdir -m 0777 -p "$VOL_DIR"\n',
    teardown: '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"\n',
    'helperPod.yaml': JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'helper-pod' }, spec: { containers: [helper] } }),
  };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'local-path-config', namespace: NS }, data };
}

function deployment(image: string, helperImage: string): object {
  const container = {
    name: NAME,
    image,
    imagePullPolicy: 'Never',
    args: ['start', '--config', '/etc/config/config.json', '--helper-image', helperImage, '--service-account-name', NAME],
    env: [{ name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }],
    resources: { requests: { cpu: '10m', memory: '20Mi' } },
    volumeMounts: [{ name: 'config', mountPath: '/etc/config' }],
  };
  const spec = {
    serviceAccountName: NAME,
    containers: [container],
    volumes: [{ name: 'config', configMap: { name: 'local-path-config' } }],
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: NAME, namespace: NS },
    spec: { replicas: 1, selector: { matchLabels: labels(NAME) }, template: { metadata: { labels: labels(NAME) }, spec } },
  };
}

function storageClass(): object {
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'local-path', annotations },
    provisioner: 'rancher.io/local-path',
    volumeBindingMode: 'WaitForFirstConsumer',
    reclaimPolicy: 'Delete',
  };
}
