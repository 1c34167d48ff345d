import { join } from 'node:path';
import { applyCoreDns } from './addons/coredns.ts';
import { applyGatewayDefinitions } from './addons/gateway.ts';
import { addonImage } from './addons/image.ts';
import { applyNetworkPolicyRole, ensureNetworkPolicy } from './addons/networkpolicy.ts';
import { applyStorage } from './addons/storage.ts';
import { applyTraefik, ingressServes } from './addons/traefik.ts';
import { beginBaseImages, ensureBaseImages } from './baseimages.ts';
import { ensureBuilder, ensureBuildkit } from './buildkit.ts';
import { CACHE } from './config.ts';
import { rolledOut } from './kubectl.ts';
import { ensureKubernetes } from './kubernetes.ts';
import { beginLater } from './later.ts';
import { checkHost } from './machine.ts';
import type { RunningNode } from './node.ts';
import { neededFirst } from './programs/build.ts';
import { withLock } from './programs/lock.ts';
import { pruneBuilds } from './programs/prune.ts';
import { beginPrograms, type Need } from './programs.ts';
import { say, step } from './progress.ts';
import { ensureRegistry, writeDockerLogin } from './registry.ts';

const HELPER_IMAGE = 'docker.io/library/busybox:1.37';

/** Starts the cluster, or repairs it. What is built already starts while the rest is building. */
export async function up(): Promise<void> {
  checkHost();
  await withLock(
    join(CACHE, 'cluster.lock'),
    'cluster up',
    60 * 60_000,
    (who) => say(`waiting for ${who}`),
    async () => {
      const need = beginPrograms(neededFirst);
      beginBaseImages();
      const nodes = await ensureKubernetes(need);
      const work = [registryAndBuilder(need), addons(need, nodes), need(...neededFirst)];
      // All are waited for, so that an error in one does not leave the others half done.
      const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
      await beginLater();
      const removed = await pruneBuilds();
      if (removed.length > 0) say(`removed ${removed.length} builds that nobody has used for two weeks: ${removed.join(', ')}`);
    },
  );
  say('the cluster is up; "node cluster/cli.ts env" prints how to reach it');
}

async function registryAndBuilder(need: Need): Promise<void> {
  await need('registry');
  await step('registry', async () => {
    await ensureRegistry();
    await writeDockerLogin();
  });
  await Promise.all([step('base images', () => ensureBaseImages(need)), builder(need)]);
}

async function builder(need: Need): Promise<void> {
  await need('buildkit');
  await step('BuildKit', ensureBuildkit);
  await need('buildx');
  await ensureBuilder();
}

/** One after the other: they share two cores with the builds. */
async function addons(need: Need, nodes: readonly RunningNode[]): Promise<void> {
  const enters = nodes.map((node) => node.enter);
  await need('coredns');
  await step('CoreDNS', async () => {
    await applyCoreDns(await addonImage('coredns', enters));
    await rolledOut('deployment/coredns', 'kube-system');
  });
  await need('kube-router');
  await step('NetworkPolicy agent', async () => {
    await applyNetworkPolicyRole();
    await Promise.all(nodes.map(ensureNetworkPolicy));
  });
  await need('local-path-provisioner');
  await step('default StorageClass', async () => {
    await applyStorage(await addonImage('local-path-provisioner', enters), HELPER_IMAGE);
    await rolledOut('deployment/local-path-provisioner', 'local-path-storage');
  });
  await need('gateway-api');
  await step("Gateway API's definitions", applyGatewayDefinitions);
  await need('traefik');
  await step('Traefik', async () => {
    await applyTraefik(await addonImage('traefik', enters));
    await rolledOut('daemonset/traefik', 'traefik');
    await ingressServes(nodes.map((node) => node.ip));
  });
}
