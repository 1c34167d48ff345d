import { examineRoutes } from '../../deploy/preflight/routes.ts';
import { Recorder } from '../../deploy/run/run.ts';
import { ownRoutes } from '../../deploy/traffic/route-status.ts';
import { GATEWAY } from '../../interfaces/gateway.ts';
import type { RouteProblem } from '../../split/gateway/words.ts';
import type { Finding, Level, Probe } from '../patient/model.ts';
import { objectsOf, unique } from '../patient/objects.ts';

const INSTALL =
  'kubectl apply --server-side --filename https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.4.0/standard-install.yaml';

/** Whether a Gateway takes the chart's routes, and they lead to Services that are there. */
export const gateway: Probe = {
  title: 'Gateway',
  asksCluster: true,
  async run(patient) {
    const { kubernetes } = patient;
    const objects = await objectsOf(patient);
    const routes = ownRoutes(objects, kubernetes.namespace);
    if (routes.length === 0) return [{ level: 'ok', message: 'the chart has no route to a Gateway' }];
    if (!(await kubernetes.resource(GATEWAY)))
      return [{ level: 'fail', message: 'the chart has routes, and the cluster does not know the Gateway API', mend: INSTALL }];
    const report = new Recorder();
    const { refused, warnings } = await examineRoutes({ kubernetes, report }, objects);
    const notes = report.notes.map((message): Finding => ({ level: 'unknown', message, mend: 'run the doctor as somebody who may' }));
    const found = [...refused.map((one) => findingOf(one, 'fail')), ...warnings.map((one) => findingOf(one, 'warn')), ...notes];
    if (found.length > 0) return unique(found);
    return [{ level: 'ok', message: `a Gateway takes ${routes.map(({ kind, metadata }) => `${kind}/${metadata.name}`).join(', ')}` }];
  },
};

const findingOf = ({ object, message, hint }: RouteProblem, level: Level): Finding => ({
  level,
  message: `${object} ${message}`,
  mend: hint,
});
