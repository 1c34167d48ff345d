import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { tryYaml } from '../../interfaces/reading/yaml.ts';
import { fieldAt, isMap } from '../../interfaces/values.ts';

/** What a workflow of the repository hands to the product. */
export interface FromWorkflow {
  path: string;
  /** Input → value, of those that stand in the file. */
  inputs: Readonly<Record<string, string>>;
}

const FOLDER = join('.github', 'workflows');
const OURS = /\/todo-deploy(?:\/(?:actions\/(?:deploy|build-push)|\.github\/workflows\/deploy\.ya?ml))?@/;
/** What the doctor can use of it; everything else depends on the run. */
const USEFUL = [
  'chart',
  'release',
  'namespace',
  'value-files',
  'values',
  'registry',
  'image-pull-secrets',
  'shared',
  'url',
  'cluster',
  'service-account',
];
const LARGEST = 256 * 1024;

/** The first workflow below the folder that deploys with this product; undefined where there is none. */
export function inputsOfWorkflow(folder: string): FromWorkflow | undefined {
  for (const name of workflowsIn(join(folder, FOLDER))) {
    const path = join(FOLDER, name);
    const given = handedOver(join(folder, path));
    const inputs = Object.assign({}, ...given.map(usable)) as Record<string, string>;
    if ('chart' in inputs) return { path, inputs };
  }
  return undefined;
}

function workflowsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.ya?ml$/.test(name))
      .sort();
  } catch {
    return [];
  }
}

/** `with:` of every step and job that uses the product. What is no workflow is left to its owner. */
function handedOver(path: string): Record<string, unknown>[] {
  if (!statSync(path).isFile() || statSync(path).size > LARGEST) return [];
  const jobs = fieldAt(tryYaml(readFileSync(path, 'utf8')), 'jobs');
  return Object.values(isMap(jobs) ? jobs : {}).flatMap((job) => {
    const steps = fieldAt(job, 'steps');
    return [job, ...(Array.isArray(steps) ? steps : [])].flatMap((one) => {
      const given = fieldAt(one, 'with');
      return OURS.test(String(fieldAt(one, 'uses'))) && isMap(given) ? [given] : [];
    });
  });
}

/** What is an expression is known to the run alone; of the input `secrets` the names count. */
function usable(given: Record<string, unknown>): Record<string, string> {
  const plain = USEFUL.flatMap((name) => {
    const text = given[name] === undefined ? '' : String(given[name]);
    return text === '' || text.includes('${{') ? [] : [[name, text]];
  });
  const names = String(given.secrets ?? '').match(/^[^=\n]+(?==)/gm) ?? [];
  return Object.fromEntries([...plain, ...(names.length > 0 ? [['secrets', names.map((name) => `${name.trim()}=x`).join('\n')]] : [])]);
}
