import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { workloadSpec } from '../kinds/fields.ts';
import { titleOf } from '../kinds/objects.ts';
import { isScaled, rowOf } from '../kinds/rows.ts';
import type { Finding } from '../model.ts';
import type { Classified } from '../sort/classify.ts';
import type { Obstacle } from '../sort/obstacles.ts';

/** What keeps an update in place from ending, or from beginning, as far as a chart shows it. */
export const inPlaceWarnings = ({ inPlace, base }: Classified): Finding[] => [
  ...[...inPlace.values()].flatMap(surge),
  ...base.flatMap(onDelete),
];

/** A rolling update starts the new pod while the old one holds what only one of them can have. */
function surge({ workload: object, exclusive }: Obstacle): Finding[] {
  if (!exclusive || !isScaled(object)) return [];
  const { type = 'RollingUpdate', rollingUpdate } = workloadSpec(object).strategy ?? {};
  const first = rollingUpdate?.maxSurge === 0 || rollingUpdate?.maxSurge === '0%';
  if (type === 'Recreate' || first) return [];
  return [
    {
      object: titleOf(object),
      message: 'is updated in place by a rolling update, whose new pod may wait for what the old one has: it is started first',
      hint: 'Set spec.strategy.type: Recreate.',
    },
  ];
}

function onDelete(object: KubernetesObject): Finding[] {
  if (rowOf(object)?.ready === undefined || workloadSpec(object).updateStrategy?.type !== 'OnDelete') return [];
  return [
    {
      object: titleOf(object),
      message: 'has updateStrategy: OnDelete: its pods run the old version until somebody deletes them',
      hint: 'Set updateStrategy.type: RollingUpdate; or delete the pods once the deploy has ended.',
    },
  ];
}
