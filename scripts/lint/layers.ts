/**
 * Enforces the order of a domain's folders: each imports only what stands below it, so that the listing is a table of contents.
 * Files at a domain's root tell the story: they may use every folder, and only the folders in `STORY` may use them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const ORDER: Readonly<Record<string, readonly string[]>> = {
  'src/deploy': [
    'status',
    'remove',
    'to-plain',
    'reinstate',
    'rollback',
    'recovery',
    'checks',
    'preflight',
    'adoption',
    'drift',
    'traffic',
    'color',
    'base',
    'run',
    'state',
    'diagnosis',
    'kube',
  ],
  // Only the pipeline is made of other actions, and the doctor asks what a deploy would; what two actions need is in `shared`.
  'src/janitor': ['previews', 'colors', 'drills', 'tags', 'world'],
  'src/actions': [
    'pipeline',
    'preview',
    'restore',
    'backup',
    'restore-job',
    'recovery-job',
    'backup-job',
    'remove',
    'rollback',
    'janitor',
    'status',
    'doctor',
    'init',
    'deploy',
    'build-push',
    'smoke-test',
    'waker',
    'shared',
  ],
  'src/init': ['write', 'read'],
  'src/doctor': ['probes', 'patient'],
  'src/backup': ['drill', 'beside', 'cluster', 'restore', 'take', 'retention', 'database', 'layout'],
  'src/preview': ['up', 'told', 'asleep', 'visits', 'isolate', 'gone', 'fork', 'model'],
  'src/split': ['recorded', 'findings', 'render', 'part', 'gateway', 'sort', 'read', 'adapt', 'kinds'],
};
/** A rollback takes the lease and is carried out as a deploy; the way back to plain Helm takes it, too. */
const STORY: Readonly<Record<string, readonly string[]>> = {
  'src/deploy': ['rollback', 'reinstate', 'to-plain'],
  'src/split': [],
};
/** What every folder may import. */
const EVERYWHERE = new Set([
  'src/split/model.ts',
  'src/init/model.ts',
  ...['model', 'tools', 'streams', 'phases'].map((name) => `src/backup/${name}.ts`),
]);

const problems = Object.entries(ORDER).flatMap(([domain, order]) => [...unlisted(domain, order), ...upwards(domain, order)]);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`Folders of ${Object.keys(ORDER).join(' and ')} import downwards`);

/** The order says nothing about a folder that it does not list. */
function unlisted(domain: string, order: readonly string[]): string[] {
  const folders = readdirSync(domain, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.filter(({ name }) => !order.includes(name)).map(({ name }) => `${domain}/${name} has no place in scripts/lint/layers.ts`);
}

function upwards(domain: string, order: readonly string[]): string[] {
  return order.flatMap((folder, height) =>
    readdirSync(join(domain, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(domain, folder, file))
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => target.startsWith(`${domain}/`) && !EVERYWHERE.has(target))
          .filter((target) => {
            const [top = ''] = target.slice(domain.length + 1).split('/');
            return top.endsWith('.ts') ? !STORY[domain]?.includes(folder) : order.indexOf(top) < height;
          })
          .map((target) => `${file} imports ${target}, which stands above it`),
      ),
  );
}

function importsOf(file: string): string[] {
  const specifiers = readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g);
  return [...specifiers].map(([, specifier = '']) => normalize(join(dirname(file), specifier)));
}
