/** What every run does first. Nothing of it is recorded: there is nothing to undo yet. */
const BEFORE = ['lock', 'heal', 'preflight'] as const;
/** A deploy in its order, as the journal records it: each phase's name is written before the phase acts. */
const FORWARD = ['base', 'color', 'ready', 'smoke', 'switch', 'bake', 'finish'] as const;
/** The automatic rollback in its order. */
const ROLLBACK = ['switch-back', 'take-back'] as const;

/** The whole timeline: the names of phases in code, journal, log, summary and report. */
export const PHASES = [...BEFORE, ...FORWARD, ...ROLLBACK] as const;
export type PhaseName = (typeof PHASES)[number];
/** A phase that the journal records. */
export type Phase = (typeof FORWARD)[number] | (typeof ROLLBACK)[number];
/** The phase that a deploy in flight begins with. */
export const FIRST: Phase = FORWARD[0];

const forward = (phase: Phase): number => (FORWARD as readonly Phase[]).indexOf(phase);
const SWITCH = forward('switch');
const LAST = FORWARD.length - 1;

/** Whether users may be on the new color: from the switch until the new version serves for good, or until they are back. */
export const touchesTraffic = (phase: Phase): boolean => {
  const at = forward(phase);
  return at === -1 ? phase === ROLLBACK[0] : at >= SWITCH && at < LAST;
};

/**
 * Whether `next` may follow `phase`: the one after it, or the rollback. That begins with the switch back where traffic was touched; from the
 * finish there is none. The finish and the rollback may be entered again, since a healing run may be killed as well. In place there is
 * nothing to switch, and nothing to switch back.
 */
export function mayFollow(phase: Phase, next: Phase, { inPlace = false }: { inPlace?: boolean | undefined } = {}): boolean {
  const at = forward(phase);
  if (at === LAST) return next === phase;
  if (at === -1) return next === phase || next === ROLLBACK[1];
  return next === FORWARD[at + 1] || next === (touchesTraffic(phase) && !inPlace ? ROLLBACK[0] : ROLLBACK[1]);
}
