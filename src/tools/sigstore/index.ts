export { SigstoreAttestations } from './attestations.ts';
export { PUBLISHED } from './published.ts';
export { rootsIn } from './roots.ts';
export { publishedRoots } from './tuf.ts';
