import type { ProvedAttestation, Signer } from '../interfaces/attestations.ts';
import type { Demand, Place } from './demand.ts';

/** What actions/attest writes about a build; another type says nothing about where an image comes from. */
export const PROVENANCE = 'https://slsa.dev/provenance/v1';

/** Pure: why an attestation whose signature holds is not what is demanded; undefined where it is. */
export function whyNot({ signer, predicateType, subjects }: ProvedAttestation, digest: string, demand: Demand): string | undefined {
  if (!isVouchedBy(signer.issuer, demand.issuer)) {
    return `its signer was identified by ${signer.issuer || 'nobody'}, not by GitHub Actions (${demand.issuer})`;
  }
  if (predicateType !== PROVENANCE) return `it is no SLSA provenance (${predicateType})`;
  if (!subjects.includes(digest)) return `it is about another image (${subjects.slice(0, 2).join(', ') || 'none'})`;
  const workflow = placeIn(signer.workflow, demand.server);
  const source = placeIn(`${signer.repository}@${signer.ref}`, demand.server);
  if (source === undefined || !demand.sources.some((one) => isAt(source, one))) return `built from ${sourceText(signer, demand)}`;
  const isSigner =
    workflow !== undefined &&
    (demand.signers.length > 0 ? demand.signers.some((one) => isAt(workflow, one)) : demand.sources.some((one) => isIn(workflow, one)));
  return isSigner ? undefined : `signed by ${shortOf(signer.workflow, demand)}`;
}

/** `signed by …, built from …`, for log and errors. */
export function demandText({ sources, signers }: Demand): string {
  const list = (places: readonly Place[]): string => places.map(placeText).join(' or ');
  return `built from ${list(sources)}, signed by ${signers.length > 0 ? list(signers) : 'a workflow of that repository'}`;
}

/** Of an attestation that is accepted. */
export const signedText = (signer: Signer, demand: Demand): string =>
  `signed by ${shortOf(signer.workflow, demand)} (${signer.runner || 'unknown runner'}), built from ${sourceText(signer, demand)}, commit ${signer.commit.slice(0, 12)}`;

const placeText = ({ path, ref }: Place): string => (ref === undefined ? path : `${path}@${ref}`);
const shortOf = (uri: string, { server }: Demand): string =>
  uri === '' ? 'nobody that it names' : uri.startsWith(`${server}/`) ? uri.slice(server.length + 1) : uri;
const sourceText = (signer: Signer, demand: Demand): string => `${shortOf(signer.repository, demand)} at ${signer.ref || 'no ref'}`;

/** An enterprise may have its own name at the end of GitHub's issuer. */
const isVouchedBy = (issuer: string, wanted: string): boolean =>
  issuer === wanted || (issuer.startsWith(`${wanted}/`) && /^[\w-]+$/.test(issuer.slice(wanted.length + 1)));

/** `https://github.com/<path>@<ref>` taken apart; undefined for what is somewhere else. */
function placeIn(uri: string, server: string): Place | undefined {
  if (!uri.startsWith(`${server}/`)) return undefined;
  const [path = '', ...ref] = uri.slice(server.length + 1).split('@');
  return { path, ref: ref.join('@') };
}

const isAt = (found: Place, wanted: Place): boolean =>
  samePath(found.path, wanted.path) && (wanted.ref === undefined || found.ref === wanted.ref);
const isIn = ({ path }: Place, { path: repository }: Place): boolean => samePath(path.split('/').slice(0, 2).join('/'), repository);

/** GitHub's names of owners and repositories have no case; paths in them do. */
function samePath(found: string, wanted: string): boolean {
  const parts = (path: string): string =>
    path
      .split('/')
      .map((part, at) => (at < 2 ? part.toLowerCase() : part))
      .join('/');
  return parts(found) === parts(wanted);
}
