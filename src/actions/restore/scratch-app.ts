import { type DatabaseLogin, DRILL_DATABASE, loginOf, recordedDatabase, recordedObjects } from '../../backup/index.ts';
import type { RecordedApp } from '../../deploy/reinstate/index.ts';
import { ConfigurationError } from '../../interfaces/errors.ts';
import { isA, type KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Service } from '../../interfaces/objects.ts';
import { podLabelsOf } from '../../split/kinds/pods.ts';
import { inScratch } from '../../split/recorded/in-scratch.ts';
import type { RestoreInputs } from './inputs.ts';

/** The app's database, as its drill stands in for it. */
export interface StandIn {
  login: DatabaseLogin;
  /** The app's own Service that leads to it, with the pods it selects; undefined where the database is elsewhere. */
  service: Service | undefined;
}

const SERVICE = { apiVersion: 'v1', kind: 'Service' } as const;

/** Where the app looks for its database. Throws ConfigurationError where nobody can tell. */
export function standInFor({ app, secrets }: RestoreInputs, recorded: RecordedApp): StandIn {
  const objects = recordedObjects(recorded);
  const login = loginOf(recordedDatabase(app.release, recorded), objects, secrets);
  const service = serviceBefore(login.host, app.namespace, objects);
  if (service === undefined && /^[\d.]+$|:/.test(login.host)) {
    throw new ConfigurationError(`The app finds its database by the address ${login.host}, for which nothing can stand in`, {
      hint: 'Give it a name. Or drill the database alone: start-app: false.',
    });
  }
  return { login, service };
}

/** Pure: the app's own Service that a database's host names; undefined where it is somewhere else. */
export function serviceBefore(host: string, own: string, objects: readonly KubernetesObject[]): Service | undefined {
  const [name = '', namespace = own] = host.split('.');
  if (namespace !== own) return undefined;
  const found = objects.find((object): object is Service => isA(object, SERVICE) && object.metadata.name === name);
  return Object.keys(found?.spec?.selector ?? {}).length > 0 ? found : undefined;
}

/** Labels and ports by which a Service of the app finds what stands in. */
export const wayTo = ({ service }: StandIn): { labels: Record<string, string>; ports: { name: string }[] } => ({
  labels: service?.spec?.selector ?? {},
  ports: (service?.spec?.ports ?? []).flatMap(({ targetPort }) => (typeof targetPort === 'string' ? [{ name: targetPort }] : [])),
});

/** The app as it comes up in a drill's namespace: on the database that stands in, at `ip`. */
export function scratchApp(recorded: RecordedApp, { login, service }: StandIn, place: { from: string; to: string; ip: string }) {
  const { base, color, adapted } = inScratch(recorded, {
    ...place,
    replaced: (object) => (service && runsBehind(service, object) ? `${DRILL_DATABASE} stands in for it` : undefined),
    aliases: service ? [] : [{ ip: place.ip, hostnames: [login.host] }],
  });
  return { app: { ...recorded, base, color }, adapted };
}

function runsBehind({ spec }: Service, object: KubernetesObject): boolean {
  const labels = podLabelsOf(object);
  const wanted = Object.entries(spec?.selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}
