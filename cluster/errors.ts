/** What the user must know and can do something about; shown without a stack. */
export class ClusterError extends Error {
  override name = 'ClusterError';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
