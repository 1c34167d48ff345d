/** What became of a preview that was to go, proved by looking again. Lines are for people, without a full stop. */
export interface Receipt {
  namespace: string;
  /** What it is called: its namespace, or its release where several share one. */
  title?: string;
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

/** What came of what a preview had. */
export type End = Pick<Receipt, 'gone' | 'left' | 'unproved'>;

/** Pure: one line. */
export function receiptText({ namespace, title = namespace, status, why, left, ms }: Receipt): string {
  const seconds = `${(ms / 1000).toFixed(1)} s`;
  if (status === 'absent') return `There is no preview ${title} (${why})`;
  if (status === 'kept') return `The preview ${title} stays: it was used meanwhile`;
  if (status === 'gone') return `The preview ${title} is gone, proved after ${seconds} (${why})`;
  return `The preview ${title} was to go (${why}), and is still there after ${seconds}: ${left.join('; ')}`;
}
