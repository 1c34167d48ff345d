import seeds from '@sigstore/tuf/seeds.json' with { type: 'json' };
import github from './github-root.json' with { type: 'json' };
import type { Instance } from './roots.ts';
import type { TufRepository } from './tuf.ts';

const SIGSTORE = 'https://tuf-repo-cdn.sigstore.dev';

/** Where Sigstore and GitHub publish whom they trust, each with a root that the newest one is signed from, root by root. */
export const PUBLISHED: Readonly<Record<Instance, TufRepository>> = {
  sigstore: { url: SIGSTORE, root: Buffer.from(seeds[SIGSTORE]['root.json'], 'base64').toString('utf8') },
  github: { url: 'https://tuf-repo.github.com', root: JSON.stringify(github) },
};
