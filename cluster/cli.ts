import { down } from './down.ts';
import { clusterEnv } from './env.ts';
import { ClusterError } from './errors.ts';
import { status } from './status.ts';
import { up } from './up.ts';

const USAGE = `usage: node cluster/cli.ts up | down [--purge] | status | env
  up       start the cluster, or repair what stopped
  down     stop it and leave nothing of it on this machine; --purge removes its data too
  status   one line for each component
  env      addresses, credentials and variables as JSON`;

const COMMANDS: Record<string, (args: readonly string[]) => Promise<void>> = {
  up: () => up(),
  down: (args) => down({ purge: args.includes('--purge') }),
  status: async () => void process.stdout.write(await status()),
  env: async () => void process.stdout.write(`${JSON.stringify(await clusterEnv(), null, 2)}\n`),
};

const [name = '', ...args] = process.argv.slice(2);
const command = COMMANDS[name];
if (!command || args.some((arg) => !(name === 'down' && arg === '--purge'))) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(2);
}
try {
  await command(args);
} catch (error) {
  process.stderr.write(`cluster ${name}: ${error instanceof ClusterError ? error.message : (error as Error).stack}\n`);
  process.exit(1);
}
