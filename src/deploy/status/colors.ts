import type { KindRef } from '../../interfaces/kubernetes.ts';
import type { Workload } from '../../interfaces/objects.ts';
import { SCALED, SCHEDULED } from '../../split/kinds/rows.ts';
import { APP_LABEL, COLOR_LABEL, type Color, VERSION_ANNOTATION } from '../../split/model.ts';
import type { View } from '../kube/watch.ts';
import type { InFlight, Journal } from '../state/model.ts';
import { scheduleHealth, workloadHealth } from './health.ts';
import type { ColorStatus } from './model.ts';

interface Known {
  active: Color | undefined;
  journal: Journal;
}

/** Pure: what exists of a color; undefined where nothing does. */
export function colorStatus(view: View, release: string, color: Color, { active, journal }: Known): ColorStatus | undefined {
  const own = (kind: KindRef<Workload>) =>
    view
      .all(kind)
      .filter(({ metadata }) => metadata.labels?.[APP_LABEL] === release && metadata.labels?.[COLOR_LABEL] === color)
      .sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
  const scaled = SCALED.flatMap(({ ref }) => own(ref).map((object) => ({ kind: ref.kind, object })));
  const scheduled = SCHEDULED.flatMap(({ ref }) => own(ref));
  if (scaled.length + scheduled.length === 0) return undefined;
  const workloads = [
    ...scaled.map(({ kind, object }) => workloadHealth(view, { kind, name: object.metadata.name, shared: false })),
    ...scheduled.map(scheduleHealth),
  ];
  const running = scaled.some(({ object }) => (object.spec?.replicas ?? 1) > 0);
  const version = [...scaled.map(({ object }) => object), ...scheduled]
    .map(({ metadata }) => metadata.annotations?.[VERSION_ANNOTATION])
    .find((text) => text !== undefined);
  const known = version ?? journal.history.find((entry) => entry.color === color)?.version;
  return { color, version: known, role: roleOf(color, active, running, journal.inFlight), workloads };
}

function roleOf(color: Color, active: Color | undefined, running: boolean, inFlight: InFlight | undefined): ColorStatus['role'] {
  if (color === active) return 'active';
  if (inFlight?.color === color) return 'coming up';
  return running ? 'warm' : 'at zero';
}
