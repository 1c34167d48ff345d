import { lookup } from 'node:dns/promises';
import { makePlan } from '../../deploy/preflight/plan.ts';
import { Recorder } from '../../deploy/run/run.ts';
import { JournalStore } from '../../deploy/state/journal-store.ts';
import type { Patient, PatientChart } from '../../doctor/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { readManifests } from '../../split/index.ts';
import { findHelm } from '../../tools/helm/find.ts';
import { templateChart } from '../../tools/helm/template.ts';
import type { DeployInputs } from '../deploy/inputs.ts';
import { optionsOf } from '../deploy/run.ts';
import type { ClusterInputs, ClusterTools } from '../shared/cluster-access.ts';
import { collaborators } from '../shared/collaborators.ts';
import { whoRuns } from '../shared/who.ts';
import type { DoctorInputs } from './inputs.ts';
import { patientRegistry } from './registry.ts';

/** The same cluster, as the one who runs the doctor: who deploys may not look at everything that matters. */
export const withoutAccount = (cluster: ClusterInputs): ClusterInputs => ({
  ...cluster,
  as: undefined,
  digitalOcean: cluster.digitalOcean && { ...cluster.digitalOcean, serviceAccount: '' },
});

/** Everything that the probes ask, and whom. `tools` are those of who runs the doctor, `deployer` those of who deploys. */
export function patientOf(context: ActionContext, inputs: DoctorInputs, tools: ClusterTools, deployer: ClusterTools): Patient {
  const log = silent(context);
  return {
    release: inputs.release,
    namespace: inputs.cluster.namespace,
    server: tools.server,
    deployer: deployer.kubernetes,
    kubernetes: tools.kubernetes,
    chart: inputs.deploy && patientChart({ ...context, log }, inputs.deploy, tools),
    registry: patientRegistry(context, inputs, tools.runner, log),
    imagePullSecrets: inputs.imagePullSecrets,
    keptSecrets: inputs.pullSecrets.map(({ name }) => name),
    url: inputs.deploy?.url,
    secrets: inputs.deploy?.secrets.map(({ name }) => name) ?? [],
    resolve: (host) =>
      lookup(host, { all: true }).then(
        (found) => [...new Set(found.map(({ address }) => address))],
        () => [],
      ),
  };
}

function patientChart(context: ActionContext, inputs: DeployInputs, tools: ClusterTools): PatientChart {
  const helm = tools.lazyHelm();
  const run = {
    ...collaborators(context, inputs, tools, helm),
    options: optionsOf(inputs, inputs.version || 'doctor', whoRuns(context)),
    report: new Recorder(),
    signal: context.signal,
  };
  let opened: ReturnType<PatientChart['run']> | undefined;
  const open = () => {
    opened ??= JournalStore.open(tools.kubernetes, inputs.release).then((journal) => ({ ...run, journal }));
    return opened;
  };
  let planned: ReturnType<PatientChart['plan']> | undefined;
  const plan = () => {
    planned ??= open().then(makePlan);
    return planned;
  };
  let templated: ReturnType<PatientChart['objects']> | undefined;
  const template = async () => {
    const helmPath = await findHelm({ runner: tools.runner, log: context.log, env: context.variables, files: context.temp });
    const { chart, release } = inputs;
    const values = { files: inputs.valueFiles, inline: inputs.values };
    const text = await templateChart(
      { release, namespace: inputs.cluster.namespace, chart, values },
      { runner: tools.runner, helmPath, files: context.temp },
    );
    return readManifests(text).manifests.map(({ object }) => object);
  };
  return {
    name: inputs.chart,
    run: open,
    plan,
    objects: async () => {
      const found = await plan().catch(() => undefined);
      if (found) return [...found.split.baseObjects, ...found.split.colorObjects];
      templated ??= template();
      return await templated;
    },
  };
}

/** What the preflight says on its way is in the findings. */
function silent({ log }: ActionContext): ActionContext['log'] {
  const debug = (text: string) => log.debug(text);
  return { info: debug, debug, notice: debug, warning: debug, error: debug, group: (_, body) => body() };
}
