import type { Preview } from '../model/index.ts';

/**
 * Pure: how many of these come before a preview that has no commit yet. Each run makes its namespace first, and then looks. The API server
 * counts in whole seconds: one of the same second may have looked before this one was there, so it counts; of two that see each other both
 * wait, and never do both go on. One that has a commit is up, whenever it was made.
 */
export const aheadOf = (preview: Preview, all: readonly Preview[]): number =>
  all.filter(({ uid, head, createdAt }) => uid !== preview.uid && (head !== undefined || createdAt <= preview.createdAt)).length;
