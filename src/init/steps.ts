import type { App, NextStep } from './model.ts';
import { PRODUCT, PRODUCT_VERSION } from './write/product.ts';
import { registryUse, usesDigitalOcean } from './write/registry.ts';
import { ACCOUNT, ROLE_FILE } from './write/role.ts';

/** Pure: what a person does next, in this order, each with its commands. `otherWorkflow`: deploy.yml is not the one that is written here. */
export function nextSteps(app: App, otherWorkflow: boolean): NextStep[] {
  return [
    {
      text: 'Create the namespace and the account that deploys, as somebody who may:',
      commands: [`kubectl apply --filename ${ROLE_FILE}`],
    },
    ...access(app),
    ...registryLogin(app),
    ...pullSecret(app),
    ...appSecrets(app),
    { text: 'See whether everything is there:', commands: [doctor(app, otherWorkflow)] },
    {
      text: 'Commit and push; the push deploys:',
      commands: [`git add .github ${ROLE_FILE} ${app.chart}`, 'git commit --message "Deploy with todo-deploy"', 'git push'],
    },
  ];
}

const to = (app: App): string => (app.repository === undefined ? '' : ` --repo ${app.repository}`);

function access(app: App): NextStep[] {
  if (usesDigitalOcean(app)) {
    const more = {
      text: `Give the workflow DigitalOcean's token (scopes: https://github.com/${PRODUCT}/blob/${PRODUCT_VERSION}/docs/digitalocean.md):`,
      commands: [`gh secret set DIGITALOCEAN_ACCESS_TOKEN${to(app)}`],
    };
    return app.cluster === undefined ? [more, kubeconfig(app)] : [more];
  }
  return [kubeconfig(app)];
}

/** A kubeconfig of the account alone; a token lasts as long as the cluster lets it. */
function kubeconfig(app: App): NextStep {
  const file = 'deployer.kubeconfig';
  const config = `kubectl --kubeconfig ${file} config`;
  return {
    text: 'Give the workflow that account, and nothing more, in a kubeconfig:',
    commands: [
      `kubectl config view --raw --minify --flatten > ${file}`,
      `${config} unset users`,
      `${config} set-credentials ${ACCOUNT} --token="$(kubectl --namespace ${app.namespace} create token ${ACCOUNT} --duration=8760h)"`,
      `${config} set-context --current --user=${ACCOUNT} --namespace=${app.namespace}`,
      `base64 < ${file} | tr -d '\\n' | gh secret set KUBECONFIG${to(app)} && rm ${file}`,
    ],
  };
}

function registryLogin(app: App): NextStep[] {
  const { kind, host } = registryUse(app);
  if (kind !== 'other') return [];
  return [
    {
      text: `Give the workflow a login that may push to ${host}:`,
      commands: [`gh variable set REGISTRY_USERNAME${to(app)}`, `gh secret set REGISTRY_PASSWORD${to(app)}`],
    },
  ];
}

function pullSecret(app: App): NextStep[] {
  const { kind, host, pullSecret: name } = registryUse(app);
  if (name === undefined) return [];
  const who =
    kind === 'github'
      ? 'a token that may read packages; public ones need none: then set image-pull-secrets to none'
      : 'a login that may pull';
  const server = host === 'docker.io' ? 'https://index.docker.io/v1/' : host;
  return [
    {
      text: `Let the cluster pull from ${host} (${who}):`,
      commands: [
        `kubectl --namespace ${app.namespace} create secret docker-registry ${name} --docker-server=${server} --docker-username=USER --docker-password=TOKEN`,
      ],
    },
  ];
}

const appSecrets = (app: App): NextStep[] =>
  app.secretEnv.length === 0
    ? []
    : [
        {
          text: 'Give the workflow what the app keeps secret; each command asks for the value:',
          commands: app.secretEnv.map((name) => `gh secret set ${name}${to(app)}`),
        },
      ];

/** Where the workflow is ours, everything else stands in it. */
function doctor({ chart, release, namespace, valueFiles, registry, cluster }: App, otherWorkflow: boolean): string {
  const all = [
    `--chart ${chart}`,
    `--release ${release}`,
    ...(namespace === release ? [] : [`--namespace ${namespace}`]),
    ...valueFiles.map((path) => `--value-files ${path}`),
    `--registry ${registry}`,
    ...(cluster === undefined ? [] : [`--cluster ${cluster}`]),
  ];
  return ['todo-deploy doctor', ...(otherWorkflow ? all : []), `--service-account ${namespace}/${ACCOUNT}`].join(' ');
}
