import { join } from 'node:path';
import { ensureRunning } from './component.ts';
import { type ClusterNode, PATHS, REGISTRY } from './config.ts';
import { run, tryRun } from './exec.ts';
import { writeText } from './files.ts';
import { programImage } from './programs/cache.ts';
import { registryAuth } from './registry.ts';
import type { Enter } from './space.ts';

/** Starts a node's container runtime with its pod network and its way to the registry. */
export async function ensureContainerd(node: ClusterNode, enter: Enter): Promise<void> {
  const etc = join(PATHS.etc, node.name);
  await writeText(join(etc, 'cni/10-pods.conflist'), JSON.stringify(podNetwork(node), null, 2), 0o644);
  await writeRegistryHosts(join(etc, 'certs.d'));
  const config = await writeText(join(etc, 'containerd.toml'), containerdConfig(etc));
  await ensureRunning({
    name: `containerd-${node.name}`,
    command: 'containerd',
    args: ['--config', config],
    enter,
    configs: [config],
    ready: async () => (await ctr(enter, ['version'])) !== undefined,
  });
}

/** Runs containerd's own client on a node; undefined when it fails. */
export async function ctr(enter: Enter, args: readonly string[]): Promise<string | undefined> {
  const [command = '', ...rest] = [...enter, 'ctr', '-n', 'k8s.io', ...args];
  return tryRun(command, rest);
}

/** Makes an image tar known on a node, unless an image of that name and digest is there. */
export async function importImage(enter: Enter, tar: string): Promise<void> {
  const [command = '', ...rest] = [...enter, 'ctr', '-n', 'k8s.io', 'images', 'import', '--local', tar];
  await run(command, rest, { timeout: 120_000 });
}

// Traffic between pods keeps its sender (no ipMasq), or NetworkPolicies would not recognise it.
function podNetwork(node: ClusterNode): object {
  const ipam = { type: 'host-local', dataDir: '/run/cni-addresses', ranges: [[{ subnet: node.podRange }]], routes: [{ dst: '0.0.0.0/0' }] };
  const bridge = { type: 'bridge', bridge: 'cni0', isGateway: true, ipMasq: false, hairpinMode: true, ipam };
  const portmap = { type: 'portmap', capabilities: { portMappings: true } };
  return { cniVersion: '1.0.0', name: 'pods', plugins: [bridge, portmap] };
}

/**
 * The registry by its own CA and without credentials: an app's images need a pull secret, as on any private registry.
 * docker.io is mirrored there, with the account for reading, because public images need no secret either.
 */
async function writeRegistryHosts(dir: string): Promise<void> {
  const server = `server = "https://${REGISTRY}"\n[host."https://${REGISTRY}"]\n  capabilities = ["pull", "resolve"]\n  ca = "${PATHS.caFile}"\n`;
  await writeText(join(dir, REGISTRY, 'hosts.toml'), server);
  const mirror = `${server}  [host."https://${REGISTRY}".header]\n    authorization = ["${await registryAuth()}"]\n`;
  await writeText(join(dir, 'docker.io/hosts.toml'), mirror);
}

function containerdConfig(etc: string): string {
  return `version = 3
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.nri.v1.nri", "io.containerd.snapshotter.v1.blockfile", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.btrfs"]
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins.'io.containerd.cri.v1.images']
  snapshotter = "overlayfs"
  [plugins.'io.containerd.cri.v1.images'.pinned_images]
    sandbox = "${programImage('pause')}"
  [plugins.'io.containerd.cri.v1.images'.registry]
    config_path = "${etc}/certs.d"
[plugins.'io.containerd.cri.v1.runtime']
  # Without CAP_SYS_RESOURCE a lower score than our own is refused.
  restrict_oom_score_adj = true
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ["${PATHS.bin}"]
    conf_dir = "${etc}/cni"
`;
}
