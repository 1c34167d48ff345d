import type { LiveService } from '../../deploy/kube/live.ts';
import type { Journal } from '../../deploy/state/model.ts';
import { type Color, otherColor } from '../../split/model.ts';

/** What is known of an app where its idle color is judged. */
export interface ColorFacts {
  journal: Journal | undefined;
  /** Who holds its lease; undefined: nobody does. */
  holder: string | undefined;
  /** Services that select a color of it. */
  services: readonly Pick<LiveService, 'name' | 'color'>[];
  /** Colors that have workloads. */
  colors: readonly Color[];
}

export interface ColorRules {
  /** How long a color has to be idle. */
  idleForMs: number;
  /** All of them have to say that it was long enough. */
  clocks: readonly number[];
}

/** `color` is set where it may go; both are undefined where there is none. */
export interface ColorDecision {
  color?: Color;
  why?: string;
}

/** Pure: whether an app's idle color may go. */
export function decideColor({ journal, holder, services, colors }: ColorFacts, { idleForMs, clocks }: ColorRules): ColorDecision {
  if (colors.length === 0) return {};
  if (journal === undefined) return { why: 'its journal cannot be read by this version' };
  if (holder !== undefined) return { why: `its lease is held by ${holder}` };
  if (journal.inFlight) return { why: `a deploy of ${journal.inFlight.version} is in flight, or was killed` };
  const { active } = journal;
  if (active === undefined) return { why: 'its journal does not say which color serves' };
  const color = otherColor(active);
  if (!colors.includes(color)) return {};
  const leads = services.filter((service) => service.color === color);
  if (leads.length > 0) return { why: `Service ${leads.map(({ name }) => name).join(', ')} selects ${color}` };
  const since = idleSince(journal);
  if (since === undefined) return { why: `its journal does not say since when ${color} is idle` };
  if (clocks.length === 0 || !clocks.every((now) => now - since >= idleForMs)) return { why: `${color} is not idle for long enough` };
  return { color, why: `${color} is idle since ${new Date(since).toISOString().replace(/\.\d+Z$/, 'Z')}` };
}

/** The other color has served since; and what failed in it, people may still look at. */
function idleSince({ history, active, lastFailure }: Journal): number | undefined {
  const [newest] = history;
  if (newest === undefined || newest.color !== active) return undefined;
  const times = [Date.parse(newest.at), ...(lastFailure ? [Date.parse(lastFailure.at)] : [])];
  return times.every(Number.isFinite) ? Math.max(...times) : undefined;
}
