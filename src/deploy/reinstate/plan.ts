import { splitOfRecorded } from '../../split/index.ts';
import type { Color } from '../../split/model.ts';
import { advanced, baseRecordOf } from '../../split/part/base-record.ts';
import { withTestsOnly } from '../../split/recorded/tests-only.ts';
import type { Plan } from '../run/run.ts';
import type { RecordedApp } from './model.ts';

/** Pure: the plan by which a recorded version comes up where nothing is. Nothing that was done is done again: of its hooks only tests run. */
export function planOf({ serving, base, color, values }: RecordedApp, release: string, namespace: string): Plan {
  const recorded = {
    app: release,
    namespace,
    base: withTestsOnly(advanced(base)),
    color: withTestsOnly(color),
    from: serving.color,
    partHash: serving.partHash,
    baseHash: baseRecordOf(base)?.hash ?? serving.baseHash,
    url: undefined,
  };
  const splitFor = (painted: Color, addresses: Readonly<Record<string, string>>) => splitOfRecorded(recorded, painted, addresses);
  return {
    values,
    split: splitFor(serving.color, {}),
    splitFor,
    base: 'first',
    color: serving.color,
    active: undefined,
    serving: undefined,
    firstDeploy: true,
  };
}
