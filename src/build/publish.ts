import type { Log } from '../interfaces/log.ts';
import type { Registry } from '../interfaces/registry.ts';
import { checkSent, contentsOf, type PushContents } from './contents.ts';
import type { PushPlan } from './plan.ts';
import { pool } from './pool.ts';
import { changed, setTags } from './set-tags.ts';

const PARALLEL = 2;

interface PublishTools {
  registry: Registry;
  log: Log;
  /** Digests of the images that passed the scan, as it names them. */
  scanned: ReadonlySet<string>;
  signal?: AbortSignal;
}

type PushTools = PublishTools & { mountFrom: readonly string[]; signal: AbortSignal };

/**
 * Sends the layouts as they are, reads them again and compares, then sets the tags: no tag leads anywhere before every image is there.
 * Throws ToolError where the registry holds something else than was built, or where something was not scanned.
 */
export async function publish(plans: readonly PushPlan[], tools: PublishTools): Promise<void> {
  const contents = new Map(plans.map((plan) => [plan, contentsOf(plan.layout, tools.scanned)]));
  await pool([...contents], PARALLEL, tools.signal, async ([plan, content], signal) => {
    await pushImage(plan, content, { ...tools, mountFrom: plans.map(({ repository }) => repository), signal });
    await verify(plan, tools.registry, signal);
  });
  await setTags(plans, tools);
}

async function pushImage(plan: PushPlan, contents: PushContents, { registry, log, mountFrom, signal }: PushTools): Promise<void> {
  const { name } = plan.layout.spec;
  if (!plan.push) {
    log.info(`[${name}] unchanged: ${plan.repository} holds ${plan.digest}`);
    return;
  }
  const { layout } = plan.layout;
  if (layout === undefined) throw changed(`${plan.repository}@${plan.digest}`, plan.digest, undefined);
  const report = await registry.pushLayout({
    layout,
    ...contents,
    mountFrom,
    repository: plan.repository,
    signal,
    onProgress: (message) => log.info(`[${name}] ${message}`),
  });
  checkSent(name, contents, report.manifests);
  const { blobsUploaded, blobsMounted, blobsPresent, bytesUploaded } = report;
  const taken = blobsMounted === 0 ? '' : `, ${blobsMounted} taken over from another image`;
  const kept = blobsPresent === 0 ? '' : `, ${blobsPresent} were there`;
  log.info(`[${name}] pushed ${plan.repository}@${plan.digest}: ${blobsUploaded} blobs (${sizeText(bytesUploaded)})${taken}${kept}`);
}

/** The registry must give back, under the digest that was scanned, the bytes that were scanned: root and every platform. */
async function verify(plan: PushPlan, registry: Registry, signal: AbortSignal): Promise<void> {
  const digests = [plan.digest, ...plan.layout.platforms.map(({ descriptor }) => descriptor.digest)];
  for (const digest of new Set(digests)) {
    const held = await registry.manifest(plan.repository, digest, signal);
    if (held?.descriptor.digest !== digest) throw changed(`${plan.repository}@${digest}`, digest, held?.descriptor.digest);
  }
}

/** `730 KiB`, `5.2 MiB`, `120 MiB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1024 * 1024) return `${Math.ceil(bytes / 1024)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0)} MiB`;
}
