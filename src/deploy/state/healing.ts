import type { Color } from '../../split/model.ts';
import type { InFlight, Journal } from './model.ts';
import { touchesTraffic } from './timeline.ts';

/** What served before a deploy began: a color, the plain workloads of an app that is taken over, or nothing. */
export type Before = Color | 'plain' | undefined;

/** A Service of the move, as it lives. */
export interface ServiceFacts {
  name: string;
  exists: boolean;
  /** null: it selects nothing. */
  selector: Record<string, string> | null;
  /** Ready pods behind what it selected before, and behind what it was to select. */
  ready: { from: number; to: number };
}

/** What lives of a color, or of the plain workloads. */
export interface StackFacts {
  /** `gone`: none of its workloads exists. `zero`: one that serves stands at zero. `unready`: one is not as ready as it should be. */
  workloads: 'gone' | 'zero' | 'unready' | 'up';
  /** Services of the namespace that select its pods, whoever made them; color Services aside. */
  selectedBy: readonly string[];
}

/** Everything that the decision needs to know of the cluster, read once. */
export interface Facts {
  services: readonly ServiceFacts[];
  colors: Readonly<Record<Color, StackFacts>>;
  plain?: StackFacts | undefined;
  /** What served before was already waited for or brought up again, in vain. */
  tried?: boolean | undefined;
}

export type Healing =
  /** Users are on what served before, or on what is in place: revert the color and the base. */
  | { kind: 'take-back'; color: Color }
  /**
   * Put every Service on what it selected before (`to`; nothing where a first deploy failed), then revert `from`. `first`: what has to be
   * done before that, because `to` cannot serve yet: wait for it, scale it up, or apply its recorded part.
   */
  | { kind: 'switch-back'; to: Before; from: Color; first?: 'wait' | 'scale' | 'apply' }
  /** Nothing that served before can serve, and the color passed its checks: it serves from now on. */
  | { kind: 'keep'; color: Color }
  /** The new version serves: finish tidying up. */
  | { kind: 'finish'; color: Color }
  /** While the new version was tidied up after, a person put users back on the color before, which is up. */
  | { kind: 'follow'; color: Color };

export const beforeOf = ({ previousColor, plain }: InFlight): Before => previousColor ?? (plain ? 'plain' : undefined);

/**
 * Pure: what to do with the deploy in flight: by the run itself, where it `failed`, or by the next one, where it was `killed`. What failed,
 * or was being left, must serve nobody; what was only killed after it had passed may serve where there is nothing else. Without `facts`
 * everything is taken to be as the journal left it.
 */
export function healing(journal: Journal, facts: Facts | undefined, ended: 'failed' | 'killed' = 'killed'): Healing | undefined {
  const left = journal.inFlight;
  if (!left) return undefined;
  const { phase, color, previousColor } = left;
  if (phase === 'finish') {
    const followed = previousColor !== undefined && facts !== undefined && wasPutBack(left, facts);
    return followed ? { kind: 'follow', color: previousColor } : { kind: 'finish', color };
  }
  if (!touchesTraffic(phase) || left.inPlace) return { kind: 'take-back', color };
  const to = beforeOf(left);
  const back = (first?: 'wait' | 'scale' | 'apply'): Healing => ({ kind: 'switch-back', to, from: color, ...(first && { first }) });
  // A run that failed puts users back at once; what it was leaving when it was killed is left, whatever the rest.
  const passed = ended === 'killed' && phase !== 'switch-back' && left.proved;
  if (to === undefined) return passed && facts?.colors[color].workloads !== 'gone' ? { kind: 'keep', color } : back();
  if (ended === 'failed' || facts === undefined || canServe(left, facts)) return back();
  if (!facts.tried) return back(stepUp(stackOf(to, facts)));
  return passed && canTake(left, facts) ? { kind: 'keep', color } : back();
}

const stackOf = (which: Color | 'plain', { colors, plain }: Facts): StackFacts | undefined => (which === 'plain' ? plain : colors[which]);

/** What it takes to have it serve again. */
function stepUp(stack: StackFacts | undefined): 'wait' | 'scale' | 'apply' {
  if (stack === undefined || stack.workloads === 'gone') return 'apply';
  return stack.workloads === 'zero' ? 'scale' : 'wait';
}

const factsOf = (name: string, { services }: Facts): ServiceFacts | undefined => services.find((service) => service.name === name);

/** Whether every Service finds ready pods behind what it selected before; one that was added selected nothing. */
const canServe = ({ services }: InFlight, facts: Facts): boolean =>
  services.every(({ name, from, asleep }) => from === null || asleep?.from === true || (factsOf(name, facts)?.ready.from ?? 0) > 0);

/** Whether every Service finds ready pods behind what it was to select. */
const canTake = ({ services }: InFlight, facts: Facts): boolean =>
  services.every(({ name, asleep }) => asleep?.to === true || (factsOf(name, facts)?.ready.to ?? 0) > 0);

/** Whether every Service that selected something before selects it again, and finds ready pods. */
function wasPutBack({ services }: InFlight, facts: Facts): boolean {
  const moved = services.filter(({ from }) => from !== null);
  return (
    moved.length > 0 &&
    moved.every(({ name, from, asleep }) => {
      const live = factsOf(name, facts);
      return live !== undefined && (asleep?.from === true || live.ready.from > 0) && sameSelector(live.selector, from);
    })
  );
}

/** Whether two selectors select the same. */
export const sameSelector = (a: Record<string, string> | null | undefined, b: Record<string, string> | null | undefined): boolean =>
  JSON.stringify(Object.entries(a ?? {}).sort()) === JSON.stringify(Object.entries(b ?? {}).sort());
