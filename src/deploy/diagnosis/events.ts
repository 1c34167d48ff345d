import type { Event } from '../../interfaces/objects.ts';
import { EVENT } from '../kube/names.ts';
import type { View } from '../kube/watch.ts';
import { timeOf } from './event-time.ts';

/** Pure: events about an object, by its uid. */
export const eventsOf = (view: Pick<View, 'all'>, uid: string | undefined): Event[] =>
  uid === undefined ? [] : view.all(EVENT).filter(({ involvedObject }) => involvedObject.uid === uid);

/** Pure: the one that was seen last. */
export const newestOf = (events: readonly Event[]): Event | undefined => [...events].sort((a, b) => timeOf(b) - timeOf(a))[0];
