/** An error that the user can do something about; shown without a stack trace. */
export class ClusterError extends Error {
  override name = 'ClusterError';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
