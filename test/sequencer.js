import TestSequencer from '@jest/test-sequencer';
import seconds from './weights.json' with { type: 'json' };

/** The longest files first: begun last, they would be waited for by one worker while the others have nothing left. */
export default class LongestFirst extends TestSequencer {
  sort(tests) {
    const weightOf = ({ path }) => seconds[path.slice(path.lastIndexOf('/test/') + 1)] ?? 0;
    return super.sort(tests).sort((a, b) => weightOf(b) - weightOf(a));
  }
}
