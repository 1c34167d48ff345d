import type { Plan, Run } from '../run/run.ts';
import { enter } from '../state/journal.ts';
import type { Journal } from '../state/model.ts';
import { planMoves, type SeenMove, switchServices } from './selectors.ts';

/** What the phase of the color records, and what it does before the color comes up. */
export interface FirstLead {
  entry(): Promise<(journal: Journal) => Journal>;
  act(): Promise<void>;
}

/** Whether nobody is served yet: then nobody has to be protected. */
const servesNobody = ({ active, plain }: Pick<Plan, 'active' | 'plain'>): boolean => active === undefined && plain === undefined;

/**
 * On an app's first deploy its Services select the color from the moment it comes up, as with Helm: a StatefulSet, a Job or a hook of the
 * chart may need them before the color can become ready. On later deploys they stay where they are until the switch.
 */
export function firstLead(run: Run, plan: Plan): FirstLead {
  let moves: SeenMove[] = [];
  return {
    entry: async () => {
      if (servesNobody(plan)) moves = await planMoves(plan.split.services, plan.color, run.kubernetes, () => false);
      return (journal) => enter(journal, 'color', { services: moves.map(({ resourceVersion: _, ...move }) => move) });
    },
    act: async () => {
      if (moves.length === 0) return;
      await switchServices(moves, run);
      const names = moves.map(({ name }) => `Service ${name}`).join(', ');
      run.log.info(`Nobody is served yet: ${names} ${moves.length > 1 ? 'lead' : 'leads'} to ${plan.color} from now on`);
    },
  };
}

/** Moves of which a first deploy has made some already: what each Service selected before that. */
export const sinceFirstLead = (moves: readonly SeenMove[], { journal }: Pick<Run, 'journal'>): SeenMove[] =>
  moves.map((move) => {
    const led = journal.journal.inFlight?.services.find(({ name }) => name === move.name);
    return led ? { ...move, from: led.from } : move;
  });
