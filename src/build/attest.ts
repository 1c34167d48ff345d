import type { LayoutStore } from '../interfaces/layout-store.ts';
import type { Log } from '../interfaces/log.ts';
import type { Registry } from '../interfaces/registry.ts';
import type { Scanner } from '../interfaces/scanner.ts';
import type { PlatformImage } from './model.ts';
import type { PushPlan } from './plan.ts';
import { viewOf } from './scan.ts';

export const SBOM_TYPE = 'application/vnd.cyclonedx+json';
export const PROVENANCE_TYPE = 'application/vnd.in-toto+json';

export interface AttestTools {
  registry: Registry;
  scanner: Scanner;
  store: LayoutStore;
  /** SBOMs that were made with the scan, by platform. */
  sboms: Readonly<Record<string, string>>;
  log: Log;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** Adds SBOM and provenance to every platform's image, as referrers: the image's digest stays what it is. One that is there is kept. */
export async function attest(plan: PushPlan, what: { sbom: boolean; provenance: boolean }, tools: AttestTools): Promise<void> {
  for (const image of plan.layout.platforms) {
    const present = await tools.registry.referrers(plan.repository, image.descriptor.digest, tools.signal);
    const missing = (type: string): boolean => !present.some((referrer) => referrer.artifactType === type);
    if (what.sbom && missing(SBOM_TYPE)) await attach(plan, image, SBOM_TYPE, await sbomOf(plan, image, tools), tools);
    if (!what.provenance || !missing(PROVENANCE_TYPE)) continue;
    const statement = provenanceStatement(plan, image);
    if (statement === undefined) tools.log.warning(`The builder recorded no provenance of ${plan.layout.spec.name} (${image.platform})`);
    else await attach(plan, image, PROVENANCE_TYPE, statement, tools);
  }
}

async function sbomOf(plan: PushPlan, image: PlatformImage, tools: AttestTools): Promise<string> {
  const made = tools.sboms[image.platform];
  if (made !== undefined) return made;
  const layout = await viewOf(plan.layout, image, tools.store);
  return tools.scanner.sbom({ layout, format: 'cyclonedx', timeoutMs: tools.timeoutMs, signal: tools.signal });
}

async function attach(plan: PushPlan, image: PlatformImage, artifactType: string, content: string, tools: AttestTools): Promise<void> {
  await tools.registry.attach({
    repository: plan.repository,
    subject: image.descriptor,
    artifactType,
    content: Buffer.from(content),
    signal: tools.signal,
  });
  tools.log.info(`[${plan.layout.spec.name}] attached ${artifactType} to ${image.platform}`);
}

/** An in-toto statement about one platform's image; undefined where the builder recorded nothing about it. */
function provenanceStatement(plan: Pick<PushPlan, 'layout' | 'repository'>, image: PlatformImage): string | undefined {
  const { provenance, platforms } = plan.layout;
  const predicate = provenance[image.platform] ?? (platforms.length === 1 ? provenance[''] : undefined);
  if (typeof predicate !== 'object' || predicate === null) return undefined;
  const version = 'buildDefinition' in predicate ? 'v1' : 'v0.2';
  const [algorithm = 'sha256', hex = ''] = image.descriptor.digest.split(':');
  return JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: plan.repository, digest: { [algorithm]: hex } }],
    predicateType: `https://slsa.dev/provenance/${version}`,
    predicate,
  });
}
