import { HttpError } from '../../interfaces/errors.ts';
import type { Place } from './reference.ts';
import type { RegistrySession } from './session.ts';

/** Of a run with many images only so many repositories are asked for a blob. */
const MOST = 8;

/** The first of these repositories that has a blob; one that cannot be asked has none. */
export async function holderOf(
  digest: string,
  places: readonly Place[],
  session: RegistrySession,
  signal: AbortSignal | undefined,
): Promise<Place | undefined> {
  const has = async (place: Place): Promise<boolean> => {
    try {
      const what = `blob ${digest} of ${place.registry}/${place.path}`;
      const path = `/v2/${place.path}/blobs/${digest}`;
      const { status } = await session.once(place, { method: 'HEAD', path, action: 'pull', accept: [200, 307, 404], signal, what });
      return status !== 404;
    } catch (error) {
      if (error instanceof HttpError) return false;
      throw error;
    }
  };
  const asked = places.slice(0, MOST);
  const answers = await Promise.all(asked.map(has));
  return asked.find((_, index) => answers[index]);
}
