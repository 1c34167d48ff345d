import type { ReasonFacts } from './facts.ts';

/** What a preview may say, beside what a deploy may. */
export const PREVIEW = {
  'isolation-unproved': {
    title: 'the isolation is not proved',
    meaning: 'With `isolation-probe: require` a pod did not prove that the network of a preview is closed, so nothing was deployed.',
    todo: 'Use a network plugin that enforces NetworkPolicies. Where the probe could not run, see to its image: `waker-image`.',
    example:
      'Nothing is deployed. The network of pr-7-todo-1f0a9c is not enforced: the API server answered a pod of it, in spite of its NetworkPolicies',
  },
} as const satisfies Record<string, ReasonFacts>;
