import type { Finding, SplitInput } from '../model.ts';
import type { Chart } from './chart.ts';
import type { Classified } from './classify.ts';

/** What a person should know, and what does not stop a deploy. */
export function warningsOf(_input: SplitInput, _classified: Classified, _chart: Chart): Finding[] {
  return [];
}
