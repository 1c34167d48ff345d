import { hasDigest } from '../../interfaces/image-reference.ts';
import type { Color } from '../../split/model.ts';
import type { Collaborators } from '../run/options.ts';
import type { Migration } from '../state/model.ts';
import type { Candidate, Remains } from './candidates.ts';
import { readSituation } from './read.ts';
import { openJournal } from './rollback.ts';

/** One version that served, as the output `versions` has it. */
export interface ListedVersion {
  /** What to give as `to`; 0 is the one that serves. */
  back: number;
  version: string;
  color: Color;
  at: string;
  actor: string;
  runUrl: string;
  /** Set where it was rolled back to. */
  reason?: string | undefined;
  remains: Remains | 'serves';
  images: { image: string; inRegistry: 'yes' | 'no' | 'unknown' }[];
  migrations: Migration[];
  irreversible: boolean;
}

type Deps = Pick<Collaborators, 'kubernetes' | 'imageExists'> & { options: { release: string } };

/** Versions that served and can be rolled back to, the one that serves first. Reads only. */
export async function listVersions(deps: Deps): Promise<ListedVersion[]> {
  const journal = await openJournal(deps);
  const { serving, candidates } = await readSituation({ ...deps, journal });
  const known = new Map<string, Promise<'yes' | 'no' | 'unknown'>>();
  const ask = (image: string): Promise<'yes' | 'no' | 'unknown'> => {
    if (!hasDigest(image)) return Promise.resolve('unknown');
    const pending = known.get(image) ?? deps.imageExists(image);
    known.set(image, pending);
    return pending;
  };
  const listed = async (one: Omit<Candidate, 'remains'> & Pick<ListedVersion, 'remains'>): Promise<ListedVersion> => {
    const { version, color, at, actor, runUrl, images, rollback } = one.entry;
    return {
      back: one.back,
      version,
      color,
      at,
      actor,
      runUrl,
      reason: rollback?.reason,
      remains: one.remains,
      images: await Promise.all(images.map(async (image) => ({ image, inRegistry: await ask(image) }))),
      migrations: one.migrations,
      irreversible: one.irreversible.length > 0,
    };
  };
  const now = serving ? [{ back: 0, entry: serving, remains: 'serves' as const, migrations: [], irreversible: [] }] : [];
  return Promise.all([...now, ...candidates].map(listed));
}
