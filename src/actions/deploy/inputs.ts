import type { SecretValue } from '../../deploy/run/options.ts';
import { ConfigurationError } from '../../interfaces/errors.ts';
import { parseYaml } from '../../interfaces/reading/yaml.ts';
import { isMap } from '../../interfaces/values.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { parseSmoke } from '../../smoke/index.ts';
import type { SmokeCheck } from '../../smoke/model.ts';
import type { BuiltImage, Strategy } from '../../split/model.ts';
import { readChart } from '../shared/chart.ts';
import { Paths } from '../shared/paths.ts';
import { type PullSecrets, readPullSecrets } from '../shared/pull-secrets.ts';
import { providerContext } from '../shared/registries.ts';
import { type ReleaseInputs, readReleaseInputs } from '../shared/release-inputs.ts';
import { checkCount, parseImage } from './images.ts';
import { type ProvenanceInputs, readProvenance } from './provenance.ts';
import { readSecrets } from './secrets.ts';

export interface DeployInputs extends ReleaseInputs, PullSecrets, ProvenanceInputs {
  chart: string;
  images: BuiltImage[];
  valueFiles: string[];
  values: string | undefined;
  secrets: SecretValue[];
  smoke: SmokeCheck[];
  versionHeader: string | undefined;
  shared: string[];
  stack: 'own' | 'active';
  strategy: Strategy;
  allowOlder: boolean;
  /** When a backup is taken before anything is touched. */
  backup: 'off' | 'before-migration' | 'before';
  /** Whether an app that plain Helm or kubectl runs is taken over. */
  adopt: boolean;
  /** '' for the checkout's HEAD. */
  version: string;
  githubToken: string;
  /** Sets a status on the deployed commit; the token then needs `statuses: write`. */
  commitStatus: boolean;
  /** Whether the chart may read the cluster while it renders. */
  lookups: boolean;
}

const OBJECT = /^([A-Z][A-Za-z]*\/)?[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

/** The only reader of the action's inputs. Throws ConfigurationError before anything is touched. */
export function readDeployInputs(context: ActionContext): DeployInputs {
  const { inputs, env } = context;
  // Secrets first: nothing that follows may show one.
  const secrets = readSecrets(inputs);
  const paths = new Paths(env);
  const chart = readChart(inputs.required('chart', { describe: 'a chart folder, a packed chart (.tgz), or oci://…' }), paths);
  // As build-push reads it, so that both name the same repository.
  const registry = inputs
    .string('registry', { pattern: /^[A-Za-z0-9][\w.:/-]*$/, describe: 'host/prefix such as registry.digitalocean.com/acme' })
    .toLowerCase();
  const smoke = parseSmoke(inputs.yaml('smoke'));
  const images = inputs.lines('images').map((line) => parseImage(line, registry));
  checkCount(inputs.string('image-count'), images);
  const release = readReleaseInputs(context, chart.name);
  return {
    ...release,
    chart: chart.reference,
    images,
    valueFiles: inputs.list('value-files').map((file) => paths.file(file, 'Input "value-files" names')),
    values: readValues(inputs.string('values', { pattern: /^[\s\S]/ })),
    secrets,
    ...readProvenance(context, paths, images, release.dryRun),
    ...readPullSecrets(inputs, [registry, ...images.map(({ repository }) => repository)], providerContext(context, release.cluster)),
    smoke,
    versionHeader: inputs.optional('version-header', { pattern: HEADER, describe: 'a header name such as X-App-Version' }),
    shared: inputs.list('shared', { pattern: OBJECT, describe: 'Kind/name or name, e.g. Deployment/redis' }),
    stack: inputs.choice('stack', ['own', 'active'], 'own'),
    strategy: inputs.choice('strategy', ['auto', 'blue-green'], 'auto'),
    allowOlder: inputs.boolean('allow-older', false),
    backup: inputs.choice('backup', ['off', 'before-migration', 'before'], 'off'),
    adopt: inputs.boolean('adopt', true),
    version: inputs.string('version', { pattern: /^[\w.+-]{1,128}$/, describe: 'a commit or version such as 1.2.3' }),
    githubToken: inputs.secret('github-token'),
    commitStatus: inputs.boolean('commit-status', false),
    // A plan is shown to everyone: somebody else's chart could put any Secret of the cluster into it.
    lookups: env.isOwnEvent || !release.dryRun,
  };
}

function readValues(text: string): string | undefined {
  if (text === '') return undefined;
  if (isMap(parseYaml(text, 'Input "values"'))) return text;
  throw new ConfigurationError('Input "values" is not a YAML map (allowed: lines such as `replicas: 2`)');
}
