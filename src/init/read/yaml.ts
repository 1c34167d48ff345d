import { LARGE } from '../../interfaces/reading/limits.ts';
import { tryYaml } from '../../interfaces/reading/yaml.ts';
/** Pure: what a YAML file holds, with merge keys; undefined where it is not YAML. Its mistakes are its owner's, and are said where it is used. */
export function yamlOf(text: string | undefined): unknown {
  return text === undefined ? undefined : tryYaml(text, { limits: LARGE, schema: { merge: true } });
}
