import TestSequencer from '@jest/test-sequencer';

/** They take minutes: begun last, they would be waited for by one worker while the others have nothing left. */
const LONG = [
  ...['deploy', 'rollback', 'deploy-more', 'workflow', 'adoption'].map((name) => `/test/cluster/${name}.test.ts`),
  ...['lives', 'base-services', 'base-waves', 'adoption', 'killed', 'selectors'].map((name) => `/test/api/deploy/states/${name}.test.ts`),
];

/** Jest's own order, by size and by what the last run took, behind the files that are known to take longest. */
export default class LongestFirst extends TestSequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const place = LONG.findIndex((file) => path.endsWith(file));
      return place < 0 ? LONG.length : place;
    };
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
}
