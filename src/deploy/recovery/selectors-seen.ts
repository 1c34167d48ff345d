import { COLOR_LABEL, type Color, otherColor, type ServicePort } from '../../split/model.ts';
import { keepNodePorts, samePorts } from '../kube/service-ports.ts';
import { sameSelector } from '../state/healing.ts';

export type Selector = Readonly<Record<string, string>>;

/** What a Service is where a color serves. */
export interface Wanted {
  selector: Selector;
  ports: readonly ServicePort[];
  /** There it leads to pods that no color has. */
  isShared?: true;
}

/** A stable Service as it lives, and what it is where each color serves. */
export interface Seen {
  name: string;
  /** null: nothing; undefined: there is no such Service. */
  live: Selector | null | undefined;
  /** Empty where there is no such Service. */
  ports: readonly ServicePort[];
  /** undefined where nothing says: then the live selector with the color, and the live ports. */
  wanted: Readonly<Record<Color, Wanted | undefined>>;
}

export interface ColorSeen {
  /** Every Service that knows the color has a ready pod there, and one of all of them has. */
  up: boolean;
  /** What runs there served before: it passed. */
  passed: boolean;
}

export interface Fix {
  name: string;
  selector: Record<string, string>;
  /** undefined where they are right. */
  ports: ServicePort[] | undefined;
  /** `was gone`, `selected nothing`, … */
  was: string;
}

export type Verdict = { kind: 'follow' | 'put-back'; color: Color; fixes: Fix[] };

const colorOf = (selector: Selector | null | undefined): string | undefined => selector?.[COLOR_LABEL];

/**
 * Pure: where the app's Services have to lead, where the journal says that `active` serves. All of them on the other color, which is up and
 * passed: a person put them there, and it stays. Otherwise each goes back to the active color.
 */
export function judge(active: Color, services: readonly Seen[], colors: Readonly<Record<Color, ColorSeen>>): Verdict {
  const other = otherColor(active);
  const living = services.filter(({ live }) => live !== undefined && live !== null);
  const moved = living.filter(({ live }) => colorOf(live) === other);
  const all = moved.length > 0 && moved.length === living.length;
  const { up, passed } = colors[other];
  const follows = up && (all ? passed || !colors[active].up : moved.length > 0 && passed && !colors[active].up);
  const color = follows ? other : active;
  return { kind: follows ? 'follow' : 'put-back', color, fixes: services.flatMap((service) => fixOf(service, color)) };
}

/** Pure: whether a color can serve these Services. One that the color's version does not have is not missed there, if others find pods. */
export function isUp(services: readonly Seen[], color: Color, hasReady: (selector: Selector) => boolean): boolean {
  const finds = ({ live, wanted }: Seen): boolean | undefined => {
    const selector = wanted[color]?.selector ?? (colorOf(live) === undefined ? undefined : { ...live, [COLOR_LABEL]: color });
    return selector && hasReady(selector);
  };
  const known = services.filter(({ wanted }) => wanted[color] !== undefined && !wanted[color].isShared);
  return known.every(finds) && services.some(finds);
}

/** Pure: whether there is nothing to put right. */
export const leadsTo = (service: Seen, color: Color): boolean => fixOf(service, color).length === 0;

function fixOf({ name, live, ports, wanted }: Seen, color: Color): Fix[] {
  const known = wanted[color];
  // Nothing says what this Service selected, and it selects no color: it is not a stable one.
  if (known === undefined && colorOf(live) === undefined) return [];
  const selector = { ...(known?.selector ?? live), ...(!known?.isShared && { [COLOR_LABEL]: color }) };
  const leads = live !== undefined && sameSelector(live, selector);
  // A run that was killed between ports and the rest, or a person, left those of another version.
  const other = live !== undefined && known !== undefined && !samePorts(ports, known.ports);
  if (leads && !other) return [];
  const was = leads ? 'had the ports of another version' : wasText(live, selector);
  return [{ name, selector, ports: other ? keepNodePorts(known.ports, ports) : undefined, was }];
}

function wasText(live: Selector | null | undefined, wanted: Record<string, string>): string {
  if (live === undefined) return 'was gone';
  if (live === null || Object.keys(live).length === 0) return 'selected nothing';
  const { [COLOR_LABEL]: color, ...rest } = live;
  const { [COLOR_LABEL]: _, ...own } = wanted;
  if (sameSelector(rest, own)) return color === undefined ? 'selected both colors' : `selected ${color}`;
  const pairs = Object.entries(live).sort(([a], [b]) => (a < b ? -1 : 1));
  return `selected ${pairs.map(([key, value]) => `${key}=${value}`).join(',')}`;
}
