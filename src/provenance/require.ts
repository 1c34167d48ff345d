import type { Attestations } from '../interfaces/attestations.ts';
import { DeployError } from '../interfaces/errors.ts';
import type { Log } from '../interfaces/log.ts';
import type { Demand } from './demand.ts';
import { demandText, signedText, whyNot } from './judge.ts';

/** An image by digest. */
export interface DemandedImage {
  repository: string;
  /** `sha256:…` */
  digest: string;
}

interface Tools {
  attestations: Attestations;
  log: Log;
  signal: AbortSignal;
}

const SHOWN = 3;

/**
 * Every image needs one attestation that is proved and is what the demand names. Errors: `DeployError` with the reason `provenance` that names
 * each image without, and what was found of it; those of `Attestations`.
 */
export async function requireProvenance(images: readonly DemandedImage[], demand: Demand, tools: Tools): Promise<void> {
  const wanting: { image: DemandedImage; found: string[] }[] = [];
  for (const image of images) {
    const found = await firstAccepted(image, demand, tools);
    if (found !== undefined) wanting.push({ image, found });
  }
  if (wanting.length === 0) return;
  const list = wanting.map(({ image, found }) => `${image.repository}@${image.digest} ${foundText(found)}`);
  throw new DeployError('provenance', `Not proved to be ${demandText(demand)}: ${list.join('; ')}`, {
    hint: wanting.every(({ found }) => found.length === 0)
      ? 'Sign images after the push, in another job: .github/workflows/deploy-attested.yml does, or actions/attest with "push-to-registry".'
      : 'Is the input "verify" what you mean? To see an attestation: gh attestation verify --bundle-from-oci oci://<image> --owner <owner>',
  });
}

/** Undefined where one is accepted; else why each of them is not. */
async function firstAccepted({ repository, digest }: DemandedImage, demand: Demand, tools: Tools): Promise<string[] | undefined> {
  const reasons: string[] = [];
  for await (const { proved, refused } of tools.attestations.of(repository, digest, tools.signal)) {
    const why = proved === undefined ? refused : whyNot(proved, digest, demand);
    if (proved !== undefined && why === undefined) {
      tools.log.info(`${repository}@${digest}: ${signedText(proved.signer, demand)}`);
      return undefined;
    }
    reasons.push(why ?? '');
  }
  return reasons;
}

/** The same reason is said once: an image may be attested by every run that meets it. */
function foundText(reasons: readonly string[]): string {
  if (reasons.length === 0) return 'has no attestation in the registry';
  const distinct = [...new Set(reasons)];
  const more = distinct.length > SHOWN ? `, and ${distinct.length - SHOWN} more` : '';
  const count =
    reasons.length === 1 ? 'has one attestation, which is not that' : `has ${reasons.length} attestations, none of which is that`;
  return `${count}: ${distinct.slice(0, SHOWN).join(', ')}${more}`;
}
