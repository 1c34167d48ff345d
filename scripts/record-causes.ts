/**
 * Records from the embedded cluster what it says of each cause: node scripts/record-causes.ts [name …]. Provokes it in a namespace of its own and
 * writes down what the watches bring until the product has its verdict, to test/recordings/causes. Run it after a change of the catalogue
 * (test/support/causes), or with another Kubernetes.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pMap from 'p-map';
import { clusterEnvironment } from '../demo/environment.ts';
import { SCENARIOS } from '../test/support/causes/catalogue.ts';
import { record } from '../test/support/causes/record.ts';
import { FOLDER } from '../test/support/causes/recording.ts';

const SIDE_BY_SIDE = Number(process.env.SIDE_BY_SIDE ?? 4);

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name));
if (unknown.length > 0) {
  console.error(`There is no scenario ${unknown.join(', ')}. There are: ${SCENARIOS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const wanted = SCENARIOS.filter(({ name }) => asked.length === 0 || asked.includes(name));
const cluster = clusterEnvironment();
mkdirSync(FOLDER, { recursive: true });
await pMap(
  wanted,
  async (scenario) => {
    try {
      const { recording, said } = await record(scenario, cluster);
      const lines = recording.entries.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n');
      const head = JSON.stringify({ ...recording, entries: 0 }, null, 2);
      writeFileSync(join(FOLDER, `${scenario.name}.json`), `${head.replace('"entries": 0', `"entries": [\n${lines}\n  ]`)}\n`);
      console.log(`${scenario.name}: ${said}`);
    } catch (error) {
      console.error(`${scenario.name}: NOT RECORDED: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  },
  { concurrency: SIDE_BY_SIDE },
);
process.exit();
