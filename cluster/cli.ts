import { DeployError } from '../src/interfaces/errors.ts';
import { down } from './down.ts';
import { clusterEnv } from './env.ts';
import { ClusterError } from './errors.ts';
import { platform } from './programs/published/address.ts';
import { publishPrograms } from './programs/published/publish.ts';
import { say } from './progress.ts';
import { status } from './status.ts';
import { up } from './up.ts';

const USAGE = `usage: node cluster/cli.ts up | down [--purge] | status | env | programs publish REPOSITORY
  up       start the cluster, or repair what stopped
  down     stop it and leave nothing of it on this machine; --purge removes its data too
  status   one line for each component
  env      addresses, credentials and variables as JSON
  programs publish   push the built programs for others to take, and print their line of programs/published.json`;

const COMMANDS: Record<string, () => Promise<void>> = {
  up,
  down: () => down({ purge: false }),
  'down --purge': () => down({ purge: true }),
  status: async () => print(await status()),
  env: async () => print(`${JSON.stringify(await clusterEnv(), null, 2)}\n`),
};

const words = process.argv.slice(2);
const [first = '', second, third] = words;
const publishes = first === 'programs' && second === 'publish' && third !== undefined && words.length === 3;
const command = publishes ? () => publish(third) : COMMANDS[words.join(' ')];
if (!command) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(2);
}
try {
  await command();
} catch (error) {
  const text = error instanceof ClusterError ? error.message : (error as Error).stack;
  process.stderr.write(`cluster ${first}: ${error instanceof DeployError ? `${error.message}${hintOf(error)}` : text}\n`);
  process.exit(1);
}

async function publish(repository: string): Promise<void> {
  const digest = await publishPrograms(repository, say);
  print(`${JSON.stringify(platform)}: ${JSON.stringify(digest)}\n`);
}

function hintOf({ hint }: DeployError): string {
  return hint === undefined ? '' : `; ${hint}`;
}

function print(text: string): void {
  process.stdout.write(text);
}
