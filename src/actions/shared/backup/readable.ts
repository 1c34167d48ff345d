import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { messageOf } from '../../../interfaces/values.ts';
import type { ActionContext } from '../../../runtime/action.ts';
import { readManifests } from '../../../split/index.ts';
import { containersOf, podTemplateOf } from '../../../split/kinds/pods.ts';
import { decodeRelease } from '../../../tools/helm/release-secret.ts';

/**
 * Of each record of Helm in a folder (`NAME/release`, a Secret's content) what people look for when everything is gone: the values, as
 * `helm get values` shows them, and the images with their digests. By file name; a record that cannot be read goes as it is.
 */
export function readableRecords({ log }: Pick<ActionContext, 'log'>, folder: string | undefined): Record<string, string> {
  if (folder === undefined) return {};
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'release')));
  return Object.fromEntries(
    names.flatMap((name) => {
      try {
        return Object.entries(readable(name, readFileSync(join(folder, name, 'release')).toString('base64')));
      } catch (error) {
        log.warning(`The record ${name} goes into the backup as it is: ${messageOf(error)}`);
        return [];
      }
    }),
  );
}

function readable(name: string, release: string): Record<string, string> {
  const { config, manifest = '' } = decodeRelease({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, data: { release } });
  const objects = readManifests(manifest).manifests.map(({ object }) => object);
  const images = objects.flatMap((object) => containersOf(podTemplateOf(object)?.spec).flatMap(({ image }) => image ?? []));
  return {
    [`${name}.values.yaml`]: stringify(config ?? {}),
    [`${name}.images.txt`]: [...new Set(images)]
      .sort()
      .map((image) => `${image}\n`)
      .join(''),
  };
}
