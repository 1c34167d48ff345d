import { parseDocument } from 'yaml';

/** Pure: what a YAML file holds, with merge keys; undefined where it is not YAML. Its mistakes are its owner's, and are said where it is used. */
export function yamlOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    const document = parseDocument(text, { merge: true, uniqueKeys: false, logLevel: 'silent' });
    return document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 1000 });
  } catch {
    return undefined;
  }
}
