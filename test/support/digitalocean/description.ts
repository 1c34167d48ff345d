import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../../../demo/environment.ts';

const FILE = 'digitalocean-openapi.json';

/**
 * DigitalOcean's published description. It is not part of this repository: it stands in `../shared/api` of the checkout or of a folder above,
 * or in the folder that TODO_DEPLOY_API_DESCRIPTIONS names. undefined where a clone stands alone.
 */
export function digitalOceanDescription(): object | undefined {
  const folders = [process.env.TODO_DEPLOY_API_DESCRIPTIONS ?? '', ...above(ROOT).map((folder) => join(folder, 'shared', 'api'))];
  const path = folders
    .filter(Boolean)
    .map((folder) => join(folder, FILE))
    .find(existsSync);
  return path === undefined ? undefined : (JSON.parse(readFileSync(path, 'utf8')) as object);
}

const above = (folder: string): string[] => (dirname(folder) === folder ? [] : [dirname(folder), ...above(dirname(folder))]);

export const SKIPPED = `skipped: no ../shared/api/${FILE} beside this checkout (or name its folder with TODO_DEPLOY_API_DESCRIPTIONS)`;
