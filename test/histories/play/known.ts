/**
 * What is known to go wrong in the product, by a name: histories leave it out until it is mended. `HISTORIES_WITH=ports,shared` (or `all`)
 * puts it in.
 */
const KNOWN = {
  ports: 'ports of a Service that change a second time are refused',
  jobs: 'after a rollback the base counts as unchanged, whatever Jobs it holds',
  shared: 'a shared Service can neither go nor become one that is switched',
  'first deploys': 'a failed first deploy whose release stayed pending',
  removal: "Helm's uninstall of the old color fails half-way",
  uninstalls: 'a release that a person uninstalled',
  'left over': 'what a refused apply of Helm made of a color or the base, and no later version has',
  'removed services': 'a run that removes a Service is killed before the base is brought to its end',
} as const;

export type Known = keyof typeof KNOWN;

const put = (process.env.HISTORIES_WITH ?? '').split(',');

/** Whether histories leave this out. */
export const leavesOut = (known: Known): boolean => !put.includes(known) && !put.includes('all');
