import { HttpError } from '../../interfaces/errors.ts';
import { nameOf } from '../../interfaces/image-reference.ts';
import { containersOf, podTemplateOf } from '../../split/kinds/pods.ts';
import type { Finding, Patient, PatientRegistry, Probe } from '../patient/model.ts';

/** Whether the login opens the registry, and may push. An upload that is begun and given up leaves nothing there. */
export const registry: Probe = {
  title: 'registry',
  asksCluster: false,
  async run(patient) {
    const { registry: place } = patient;
    if (place === undefined) return [{ level: 'unknown', message: 'no registry is named', mend: 'give --registry' }];
    const repositories = await repositoriesOf(patient, place);
    return (await Promise.all(repositories.map((repository) => examineOne(place, repository)))).flat();
  },
};

/** The chart's images below the prefix; without one, a repository of the app's own name. */
async function repositoriesOf({ chart, release }: Patient, { prefix }: PatientRegistry): Promise<string[]> {
  const objects = (await chart?.objects().catch(() => [])) ?? [];
  const images = objects.flatMap((object) => containersOf(podTemplateOf(object)?.spec).map(({ image }) => nameOf(image ?? '')));
  const own = [...new Set(images.filter((image) => image.startsWith(`${prefix}/`)))].sort();
  return own.length > 0 ? own : [`${prefix}/${release}`];
}

async function examineOne({ host, authorize }: PatientRegistry, repository: string): Promise<Finding[]> {
  try {
    await authorize(repository, 'push');
    return [{ level: 'ok', message: `${repository}: the login may push` }];
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    const { status, message } = error;
    if (status === 0) return [{ level: 'fail', message: `${host} cannot be reached: ${message}`, mend: `curl --head https://${host}/v2/` }];
    const login = `docker login ${host}`;
    const mayRead = await authorize(repository, 'pull').then(
      () => true,
      () => false,
    );
    if (mayRead && (status === 401 || status === 403))
      return [
        {
          level: 'fail',
          message: `${repository}: the login may read, but not push: ${message}`,
          mend: error.hint ?? `${login} (as somebody who may write)`,
        },
      ];
    return [
      {
        level: 'fail',
        message: `${repository}: ${status === 401 ? 'the login is not accepted' : 'refused'}: ${message}`,
        mend: `${login}${error.hint ? ` (${error.hint})` : ''}`,
      },
    ];
  }
}
