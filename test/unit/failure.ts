import type { DeployError } from '../../src/interfaces/errors.ts';

/** What was thrown. */
export async function failure(act: () => Promise<unknown>): Promise<DeployError> {
  try {
    await act();
  } catch (error) {
    return error as DeployError;
  }
  throw new Error('nothing was thrown');
}
