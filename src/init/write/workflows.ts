import type { App, Image, PlannedFile } from '../model.ts';
import { action, CHECKOUT } from './product.ts';
import { registryUse, usesDigitalOcean } from './registry.ts';
import { entry, expression, indent, scalar, yamlText } from './text.ts';

const TOKEN = `digitalocean-token: ${expression('secrets.DIGITALOCEAN_ACCESS_TOKEN')}`;

/** Pure: `.github/workflows/deploy.yml`: build, scan, push, deploy, on every push to the branch. */
export function deployWorkflow(app: App): PlannedFile {
  const { kind } = registryUse(app);
  const permissions = [
    'contents: read # to check the repository out',
    ...(kind === 'github' ? ['packages: write # to push to ghcr.io'] : []),
  ];
  const content = `# Every push to ${app.branch}: build, scan, push, deploy blue-green. Written by \`todo-deploy init\`; it is yours now.
name: deploy
on:
  push:
    branches: [${scalar(app.branch)}]

permissions: {}

concurrency:
  group: ${scalar(app.environment)}
  cancel-in-progress: false # a running deploy is never cancelled; of the waiting ones, the newest is kept

jobs:
  deploy:
    name: Deploy
    runs-on: ubuntu-latest
    permissions:
${indent(permissions.join('\n'), 6)}
    environment:
      name: ${scalar(app.environment)}
      url: \${{ steps.deploy.outputs.url }}
    steps:
      - uses: ${CHECKOUT}
        with:
          persist-credentials: false
      - uses: ${action('build-push')}
        id: build
        with:
${indent(buildInputs(app).join('\n'), 10)}
      - uses: ${action('deploy')}
        id: deploy
        with:
${indent(deployInputs(app).join('\n'), 10)}
`;
  return { path: '.github/workflows/deploy.yml', content };
}

function buildInputs(app: App): string[] {
  const { kind } = registryUse(app);
  return [
    ...(kind === 'digitalocean' ? [TOKEN] : []),
    `registry: ${scalar(app.registry)}`,
    ...(kind === 'other'
      ? [
          `username: ${expression('vars.REGISTRY_USERNAME')} # not a secret: GitHub would mask it wherever it occurs`,
          `password: ${expression('secrets.REGISTRY_PASSWORD')}`,
        ]
      : []),
    entry('images', `${app.images.map(imageLine).join('\n')}\n`.replace(/\n$/, '')).replace(/^images: (?!\|)/, 'images: |\n  '),
  ];
}

/** `name: ./folder`, or a map where there is more to say. */
function imageLine({ name, context, file, target, buildArgs }: Image): string {
  const place = context === '.' ? '.' : `./${context}`;
  const more = { ...(file && { file }), ...(target && { target }), ...(Object.keys(buildArgs).length > 0 && { 'build-args': buildArgs }) };
  if (Object.keys(more).length === 0) return `${name}: ${place}`;
  return `${name}: ${JSON.stringify({ context: place, ...more })}`;
}

function deployInputs(app: App): string[] {
  const { kind, pullSecret } = registryUse(app);
  const smoke = app.workloads
    .filter(({ health }) => health !== undefined)
    .map(({ name, health }) => `- {service: ${scalar(name)}, path: ${scalar(health ?? '')}}`);
  return [
    ...(usesDigitalOcean(app) ? [TOKEN] : []),
    ...(app.cluster === undefined
      ? [`kubeconfig: ${expression('secrets.KUBECONFIG')} # in base64, so that the log masks it as one secret`]
      : [`cluster: ${scalar(app.cluster)}`, `service-account: ${app.namespace}/deployer`]),
    `chart: ./${app.chart === '.' ? '' : app.chart}`,
    `release: ${scalar(app.release)}`,
    ...(app.namespace === app.release ? [] : [`namespace: ${scalar(app.namespace)}`]),
    ...(app.valueFiles.length === 0 ? [] : [entry('value-files', app.valueFiles.join('\n'))]),
    ...(app.values === undefined ? [] : [`values: |\n${indent(yamlText(app.values), 2)}`]),
    `registry: ${scalar(app.registry)}`,
    `images: ${expression('steps.build.outputs.images')}`,
    ...(pullSecret === undefined
      ? []
      : [`image-pull-secrets: ${pullSecret} # a Secret of the namespace${kind === 'github' ? '; "none" if the packages are public' : ''}`]),
    ...(app.secretEnv.length === 0
      ? []
      : [
          `secrets: | # become a Secret of the namespace, never Helm's values\n${indent(app.secretEnv.map((name) => secretLine(app, name)).join('\n'), 2)}`,
        ]),
    ...(smoke.length === 0 ? [] : [`smoke: | # every new pod answers these before users see it\n${indent(smoke.join('\n'), 2)}`]),
  ];
}

const secretLine = ({ release }: App, name: string): string => `${secretName(release)}/${name}=\${{ secrets.${name} }}`;

/** The Secret that the input \`secrets\` fills. */
export const secretName = (release: string): string => `${release}-env`;

/** Pure: `.github/workflows/rollback.yml`: a button. */
export function rollbackWorkflow(app: App): PlannedFile {
  const cluster =
    app.cluster === undefined
      ? [`kubeconfig: ${expression('secrets.KUBECONFIG')}`]
      : [TOKEN, `cluster: ${scalar(app.cluster)}`, `service-account: ${app.namespace}/deployer`];
  const inputs = [
    `release: ${scalar(app.release)}`,
    ...(app.namespace === app.release ? [] : [`namespace: ${scalar(app.namespace)}`]),
    `to: ${expression('inputs.to')}`,
    `reason: ${expression('inputs.reason')}`,
    ...cluster,
  ];
  const content = `# A button: Actions → rollback → Run workflow. Or: gh workflow run rollback.yml -f to=previous -f reason="checkout is slow"
name: rollback
on:
  workflow_dispatch:
    inputs:
      to:
        description: "previous, -2, a commit or a tag"
        type: string
        default: previous
      reason:
        description: "Why, for the journal and the summary"
        type: string

permissions:
  contents: read

concurrency:
  group: ${app.environment}-rollback # not that of the deploys, where the next merge would cancel a waiting rollback
  cancel-in-progress: false

jobs:
  rollback:
    name: Roll back to \${{ inputs.to }}
    runs-on: ubuntu-latest
    environment: ${scalar(app.environment)}
    steps:
      # No checkout and no build: the cluster holds everything a rollback needs. A running deploy is waited for.
      - uses: ${action('rollback')}
        with:
${indent(inputs.join('\n'), 10)}
`;
  return { path: '.github/workflows/rollback.yml', content };
}
