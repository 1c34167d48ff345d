/** What became of a preview that was to go, proved by looking again. Lines are for people, without a full stop. */
export interface Receipt {
  namespace: string;
  /**
   * `gone`: looked for again, and nothing is left. `stuck`: something is still there, and `left` says what. `kept`: it was not to go any more
   * when it was looked at again. `absent`: there was nothing to take down.
   */
  status: 'gone' | 'stuck' | 'kept' | 'absent';
  why: string;
  gone: string[];
  /** What is still there, and who holds it. */
  left: string[];
  /** What could not be looked at. */
  unproved: string[];
  ms: number;
}

/** Pure: one line. */
export function receiptText({ namespace, status, why, left, ms }: Receipt): string {
  const seconds = `${(ms / 1000).toFixed(1)} s`;
  if (status === 'absent') return `There is no preview ${namespace} (${why})`;
  if (status === 'kept') return `The preview ${namespace} stays: it was used meanwhile`;
  if (status === 'gone') return `The preview ${namespace} is gone, proved after ${seconds} (${why})`;
  return `The preview ${namespace} was to go (${why}), and is still there after ${seconds}: ${left.join('; ')}`;
}
