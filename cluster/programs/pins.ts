import { ClusterError } from '../errors.ts';
import { ownModules } from './modules.ts';

/** One thing to build: one version, one folder in the cache, one or more executables. */
export interface Pin {
  /** Module whose version in go.mod is the program's version. */
  module: string;
  /** Folder of the go.mod, under cluster/programs; `.` is the one shared by all that agree on versions. */
  folder: string;
  /** Executable name to the package of its main. */
  executables: Readonly<Record<string, string>>;
  /** More names for the first executable, which behaves according to the name it is called by. */
  links?: readonly string[];
  tags?: readonly string[];
  /** Go variables set when linking; `VERSION` stands for the module's version, `NUMBER` for it without its `v`. */
  variables?: Readonly<Record<string, string>>;
  /** More options of the linker. */
  linker?: readonly string[];
  /** C code inside: needs a C compiler and these Debian packages. */
  debian?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Files of the module, such as definitions: name in the build's folder to a file, or a folder whose YAML files become one. */
  files?: Readonly<Record<string, string>>;
  /** Code left out to build faster: module to its files, each with its replacement beside go.mod, empty for none. */
  trim?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const CNI = 'github.com/containernetworking/plugins';
const CONTAINERD = 'github.com/containerd/containerd/v2';
const BUILDKIT = 'github.com/moby/buildkit';
const KUBERNETES_VERSION = 'k8s.io/component-base/version';

/**
 * Kubernetes versions that the cluster can run, with the folder of each one's go.mod: the first unless TODO_DEPLOY_KUBERNETES names another,
 * the newest, and the oldest that the product is held to.
 */
export const kubernetesFolders: Readonly<Record<string, string>> = { '1.36': '.', '1.37': 'kubernetes-1.37', '1.34': 'kubernetes-1.34' };

export function kubernetesFolder(asked = process.env.TODO_DEPLOY_KUBERNETES): string {
  const known = Object.keys(kubernetesFolders);
  const folder = kubernetesFolders[asked || (known[0] ?? '')];
  if (folder === undefined) throw new ClusterError(`TODO_DEPLOY_KUBERNETES is ${asked}: the cluster can be made of ${known.join(' or ')}`);
  return folder;
}

/** All programs, in the order in which the cluster needs them. Versions are only in the go.mod files. */
const PINS = {
  runc: {
    module: 'github.com/opencontainers/runc',
    folder: 'runc',
    executables: { runc: 'github.com/opencontainers/runc' },
    // No C code for the standard library, which is then compiled once for all programs.
    tags: ['seccomp', 'netgo', 'osusergo'],
    variables: { 'main.version': 'NUMBER' },
    // Whoever takes it ready-made may have no libseccomp, or an older libc.
    linker: ['-extldflags=-static'],
    debian: ['gcc', 'libc6-dev', 'libseccomp-dev', 'pkg-config'],
  },
  cni: {
    module: CNI,
    folder: '.',
    executables: {
      bridge: `${CNI}/plugins/main/bridge`,
      loopback: `${CNI}/plugins/main/loopback`,
      'host-local': `${CNI}/plugins/ipam/host-local`,
      portmap: `${CNI}/plugins/meta/portmap`,
    },
    variables: { [`${CNI}/pkg/utils/buildversion.BuildVersion`]: 'VERSION' },
  },
  pause: { module: ownModules, folder: '.', executables: { pause: './pause' } },
  containerd: {
    module: CONTAINERD,
    folder: 'containerd',
    executables: {
      containerd: `${CONTAINERD}/cmd/containerd`,
      'containerd-shim-runc-v2': `${CONTAINERD}/cmd/containerd-shim-runc-v2`,
      ctr: `${CONTAINERD}/cmd/ctr`,
    },
    tags: ['no_btrfs', 'no_devmapper', 'no_zfs', 'no_tracing'],
    variables: { [`${CONTAINERD}/version.Version`]: 'VERSION' },
  },
  etcd: { module: 'go.etcd.io/etcd/server/v3', folder: '.', executables: { etcd: './etcd' } },
  kubernetes: {
    module: 'k8s.io/kubernetes',
    get folder() {
      return kubernetesFolder();
    },
    executables: { kubernetes: './kubernetes' },
    links: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'kubelet', 'kubectl'],
    variables: {
      [`${KUBERNETES_VERSION}.gitVersion`]: 'VERSION',
      [`${KUBERNETES_VERSION}.gitMajor`]: 'MAJOR',
      [`${KUBERNETES_VERSION}.gitMinor`]: 'MINOR',
      [`${KUBERNETES_VERSION}.gitTreeState`]: 'clean',
    },
  },
  registry: {
    module: 'github.com/distribution/distribution/v3',
    folder: '.',
    executables: { registry: './registry' },
    variables: { 'github.com/distribution/distribution/v3/version.version': 'VERSION' },
  },
  crane: {
    module: 'github.com/google/go-containerregistry',
    folder: '.',
    executables: { crane: 'github.com/google/go-containerregistry/cmd/crane' },
    variables: { 'github.com/google/go-containerregistry/cmd/crane/cmd.Version': 'VERSION' },
  },
  buildkit: {
    module: BUILDKIT,
    folder: '.',
    executables: { buildkitd: `${BUILDKIT}/cmd/buildkitd`, buildctl: `${BUILDKIT}/cmd/buildctl` },
    variables: { [`${BUILDKIT}/version.Version`]: 'VERSION' },
  },
  coredns: {
    module: 'github.com/coredns/coredns',
    folder: '.',
    executables: { coredns: './coredns' },
  },
  'kube-router': {
    module: 'github.com/cloudnativelabs/kube-router/v2',
    folder: '.',
    executables: { 'kube-router': 'github.com/cloudnativelabs/kube-router/v2/cmd/kube-router' },
    variables: { 'github.com/cloudnativelabs/kube-router/v2/pkg/version.Version': 'VERSION' },
  },
  'local-path-provisioner': {
    module: 'github.com/rancher/local-path-provisioner',
    folder: '.',
    executables: { 'local-path-provisioner': 'github.com/rancher/local-path-provisioner' },
    variables: { 'main.VERSION': 'VERSION' },
  },
  helm4: {
    module: 'helm.sh/helm/v4',
    folder: '.',
    executables: { helm: 'helm.sh/helm/v4/cmd/helm' },
    variables: { 'helm.sh/helm/v4/internal/version.version': 'VERSION' },
  },
  buildx: {
    module: 'github.com/docker/buildx',
    folder: '.',
    executables: { 'docker-buildx': 'github.com/docker/buildx/cmd/buildx' },
    variables: { 'github.com/docker/buildx/version.Version': 'VERSION' },
  },
  act: {
    module: 'github.com/nektos/act',
    folder: 'act',
    executables: { act: 'github.com/nektos/act' },
    variables: { 'main.version': 'NUMBER' },
  },
  // Of the version that Traefik was written for: its go.mod requires it.
  'gateway-api': {
    module: 'sigs.k8s.io/gateway-api',
    folder: 'traefik',
    executables: {},
    files: { 'standard.yaml': 'config/crd/standard' },
  },
  // Of volume snapshots and of Velero: no program of either runs here, tests of backups define them.
  'snapshot-api': {
    module: 'github.com/kubernetes-csi/external-snapshotter/client/v8',
    folder: 'definitions',
    executables: {},
    files: { 'definitions.yaml': 'config/crd' },
  },
  'velero-api': {
    module: 'github.com/vmware-tanzu/velero',
    folder: 'definitions',
    executables: {},
    files: { 'backups.yaml': 'config/crd/v1/bases/velero.io_backups.yaml' },
  },
  traefik: {
    module: 'github.com/traefik/traefik/v3',
    folder: 'traefik',
    executables: { traefik: 'github.com/traefik/traefik/v3/cmd/traefik' },
    variables: { 'github.com/traefik/traefik/v3/pkg/version.Version': 'VERSION' },
    trim: { 'github.com/go-acme/lego/v4': { 'providers/dns/zz_gen_dns_providers.go': 'acme_dns.go.txt' } },
  },
  trivy: {
    module: 'github.com/aquasecurity/trivy',
    folder: 'trivy',
    executables: { trivy: 'github.com/aquasecurity/trivy/cmd/trivy' },
    variables: { 'github.com/aquasecurity/trivy/pkg/version/app.ver': 'NUMBER' },
    env: { GOEXPERIMENT: 'jsonv2' },
    trim: {
      'github.com/aquasecurity/trivy': {
        'pkg/fanal/artifact/vm/ebs.go': 'trim/ebs.go.txt',
        'pkg/fanal/artifact/vm/ami.go': '',
        'pkg/k8s/commands/run.go': 'trim/k8s_run.go.txt',
        'pkg/k8s/commands/cluster.go': '',
        'pkg/iac/scanners/helm/scanner.go': 'trim/helm_scanner.go.txt',
        'pkg/iac/scanners/helm/options.go': '',
      },
      'github.com/hashicorp/go-getter': { 'get_s3.go': 'trim/get_s3.go.txt', 'get_gcs.go': '' },
    },
  },
  'metrics-server': {
    module: 'sigs.k8s.io/metrics-server',
    folder: '.',
    executables: { 'metrics-server': 'sigs.k8s.io/metrics-server/cmd/metrics-server' },
    variables: { 'k8s.io/component-base/version.gitVersion': 'VERSION' },
  },
  kubeconform: {
    module: 'github.com/yannh/kubeconform',
    folder: '.',
    executables: { kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform' },
    variables: { 'main.version': 'VERSION' },
  },
  actionlint: {
    module: 'github.com/rhysd/actionlint',
    folder: 'act',
    executables: { actionlint: 'github.com/rhysd/actionlint/cmd/actionlint' },
    variables: { 'github.com/rhysd/actionlint.version': 'NUMBER' },
  },
  sigstore: {
    module: 'github.com/sigstore/fulcio',
    folder: 'sigstore',
    executables: { 'sigstore-signing': './signing' },
    trim: { 'github.com/sigstore/timestamp-authority/v2': { 'pkg/signer/signer.go': 'trim/signer.go.txt', 'pkg/signer/tink.go': '' } },
  },
  // An S3 storage, for backups.
  versitygw: {
    module: 'github.com/versity/versitygw',
    folder: 'versitygw',
    executables: { versitygw: 'github.com/versity/versitygw/cmd/versitygw' },
    variables: { 'main.Version': 'VERSION' },
  },
  helm3: {
    module: 'helm.sh/helm/v3',
    folder: '.',
    executables: { helm3: 'helm.sh/helm/v3/cmd/helm' },
    variables: { 'helm.sh/helm/v3/internal/version.version': 'VERSION' },
  },
} satisfies Record<string, Pin>;

export type ProgramName = keyof typeof PINS;
export const pins: Readonly<Record<ProgramName, Pin>> = PINS;
export const allPrograms = Object.keys(PINS) as ProgramName[];

/** Programs that the start of the cluster does not wait for. */
export const laterPrograms: readonly ProgramName[] = ['metrics-server', 'kubeconform', 'actionlint', 'helm3', 'sigstore', 'versitygw'];
/** What tests alone take. */
const OF_TESTS: readonly ProgramName[] = ['snapshot-api', 'velero-api'];
export const neededFirst: readonly ProgramName[] = allPrograms.filter((name) => ![...laterPrograms, ...OF_TESTS].includes(name));
