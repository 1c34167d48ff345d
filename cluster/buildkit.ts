import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureCgroup, removeCgroup } from './cgroup.ts';
import { ensureRunning } from './component.ts';
import { PATHS, REGISTRY } from './config.ts';
import { run, tryRun } from './exec.ts';
import { writeText } from './files.ts';
import { ensureSpace, findSpace } from './space.ts';

/** Space and cgroup of BuildKit: it has the host's network, because builds fetch packages, and mounts of its own. */
export const BUILD_SPACE = 'td-build';
export const BUILDKIT_ADDRESS = `unix://${PATHS.buildkit}/buildkitd.sock`;
const BUILDER = 'todo-deploy';
/** Builds get processor time that nothing else wants: a build must not slow down requests to the running app. */
const BUILD_WEIGHT = 0.25;
const NICE = ['nice', '-n', '10'];

/** Starts buildkitd with the registry as the mirror of docker.io. */
export async function ensureBuildkit(): Promise<void> {
  await mkdir(join(PATHS.buildkit, 'root'), { recursive: true });
  if (!(await findSpace(BUILD_SPACE))) await removeCgroup(BUILD_SPACE);
  await ensureCgroup(BUILD_SPACE, BUILD_WEIGHT);
  // runc keeps its state in /run, which is empty in the space; host names are resolved as on the host.
  const { enter } = await ensureSpace({ name: BUILD_SPACE, binds: [] });
  const config = await writeText(join(PATHS.etc, 'buildkitd.toml'), buildkitConfig());
  const args = ['--config', config, '--addr', BUILDKIT_ADDRESS, '--root', join(PATHS.buildkit, 'root')];
  await ensureRunning({
    name: 'buildkitd',
    command: 'buildkitd',
    args,
    enter: [...enter, ...NICE],
    env: { SSL_CERT_FILE: PATHS.caBundle, OTEL_TRACES_EXPORTER: 'none' },
    configs: [config],
    ready: async () => (await tryRun('buildctl', ['--addr', BUILDKIT_ADDRESS, 'debug', 'workers'])) !== undefined,
  });
}

function buildkitConfig(): string {
  return `[worker.oci]
  enabled = true
  networkMode = "host"
  binary = "runc"
  defaultCgroupParent = "${BUILD_SPACE}"
  gckeepstorage = "10GB"
[worker.containerd]
  enabled = false
[registry."docker.io"]
  mirrors = ["${REGISTRY}"]
[registry."${REGISTRY}"]
  ca = ["${PATHS.caFile}"]
`;
}

/** Makes our BuildKit the default builder of `docker buildx build`. */
export async function ensureBuilder(): Promise<void> {
  const env = { DOCKER_CONFIG: PATHS.docker, BUILDX_CONFIG: join(PATHS.docker, 'buildx') };
  if ((await tryRun('docker-buildx', ['inspect', BUILDER], { env })) !== undefined) return;
  await run('docker-buildx', ['create', '--name', BUILDER, '--driver', 'remote', '--use', BUILDKIT_ADDRESS], { env });
}
