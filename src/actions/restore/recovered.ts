import type { RecoveryPoint } from '../../backup/index.ts';
import type { App } from '../../backup/model.ts';
import { colorRelease } from '../../deploy/kube/names.ts';
import type { Memory, RecordedApp } from '../../deploy/reinstate/index.ts';
import { servingIn } from '../../deploy/state/journal.ts';
import type { Journal } from '../../deploy/state/model.ts';
import { DeployError } from '../../interfaces/errors.ts';
import type { Secret } from '../../interfaces/objects.ts';
import { parseJsonObject } from '../../interfaces/reading/json.ts';
import { recordOf } from '../../split/part/record.ts';
import { fromRecorded } from '../../tools/helm/part-chart.ts';
import { decodeRelease, withStatus } from '../../tools/helm/release-secret.ts';

const NAME = /^sh\.helm\.release\.v1\.(.+)\.v(\d+)$/;

const damaged = (id: string, why: string): DeployError =>
  new DeployError('backup-damaged', `The recovery point of backup ${id} cannot be used: ${why}`);

/** The app of a recovery point; undefined where the backup holds none, or no version of it served. Errors: `backup-damaged`. */
export function recoveredApp(point: RecoveryPoint, { release, namespace }: App): RecordedApp | undefined {
  if (point.journal === undefined) return undefined;
  const journal = parseJsonObject<Journal>(point.journal, (why) => damaged(point.backup, `its journal: ${why}`));
  const serving = servingIn(journal);
  if (serving === undefined) return undefined;
  const [base, color] = [release, colorRelease(release, serving.color)].map((name) => newest(point, name));
  if (base === undefined || color === undefined)
    throw damaged(point.backup, `Helm's record of ${base ? 'the color that served' : 'what both colors share'} is not in it`);
  const [shared, own] = [base, color].map((secret) => decodeRelease(secret));
  if (shared === undefined || own === undefined) return undefined;
  const from = (shared as { namespace?: string }).namespace;
  if (from !== undefined && from !== namespace) throw damaged(point.backup, `its app was in namespace ${from}`);
  const part = fromRecorded(own.chart);
  const hash = recordOf(part)?.partHash;
  if (hash !== undefined && hash !== serving.partHash)
    throw damaged(point.backup, `Helm's record of ${serving.color} is not of ${serving.version}, which served`);
  return { journal, serving, base: fromRecorded(shared.chart), color: part, values: own.config ?? {} };
}

/** What an app that was gone remembers again: nothing of it is deployed at that moment. */
export const memoryOf = (point: RecoveryPoint): Memory => ({
  backup: point.backup,
  records: Object.keys(point.releases).map((name) => withStatus(secretOf(point, name), 'superseded')),
});

function newest(point: RecoveryPoint, release: string): Secret | undefined {
  const all = Object.keys(point.releases).filter((name) => NAME.exec(name)?.[1] === release);
  const [name] = all.sort((a, b) => revisionOf(b) - revisionOf(a));
  return name === undefined ? undefined : secretOf(point, name);
}

const revisionOf = (name: string): number => Number(NAME.exec(name)?.[2]);

/** As Helm keeps it. */
function secretOf({ releases }: RecoveryPoint, name: string): Secret {
  const [, of = '', version = ''] = NAME.exec(name) ?? [];
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, labels: { name: of, owner: 'helm', status: 'deployed', version } },
    type: 'helm.sh/release.v1',
    data: { release: Buffer.from(releases[name] ?? '').toString('base64') },
  };
}
