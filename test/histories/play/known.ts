/**
 * What histories leave out, and what goes wrong in the product with it, as far as it is known: until that is mended.
 * `HISTORIES_WITH=ports,shared` (or `all`) puts it in.
 */
const KNOWN = {
  ports: 'a journal that is deleted in the middle of a run, then rollbacks: the base is applied with the Job of another version',
  jobs: 'a deploy that was killed after its claim grew, then one without: the claim differs from what is recorded',
  shared: 'a Service becomes shared while the old color is kept warm, then stable again: pods of different templates',
  'first deploys': 'the journal is deleted in the middle of a first deploy: the next one reaches nobody',
  removal: 'an old color that a person took a workload from is removed: the rest of it stays; killed in it and the journal deleted: a wall',
  uninstalls: 'a base that a person uninstalled: a rollback is refused, where only the next deploy gets out',
  'left over': 'a journal deleted while a claim had grown: a rollback is refused, since a claim cannot shrink',
  'removed services': 'a person leads users to the color before, which lacks a Service: that one reaches nothing',
} as const;

export type Known = keyof typeof KNOWN;

const put = (process.env.HISTORIES_WITH ?? '').split(',');

/** Whether histories leave this out. */
export const leavesOut = (known: Known): boolean => !put.includes(known) && !put.includes('all');
