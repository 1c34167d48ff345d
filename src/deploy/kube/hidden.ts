import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { isMap } from '../../interfaces/values.ts';
import { rowOf } from '../../split/kinds/rows.ts';

/** A field by its way from the object's root: list items by name or number, as in `spec.containers[web].env[A].value`. */
export type Hides = (path: string) => boolean;

const TEXTS = /^(data|stringData|binaryData)\b/;
/** Variables, what a program is started with, headers of probes; copies of whole objects, and sums of secrets, in annotations. */
const IN_PODS =
  /\benv\[[^\]]*\]\.value$|\b(command|args)(\[|$)|\bhttpHeaders\[[^\]]*\]\.value$|\bannotations\.[^[]*(last-applied|checksum|sha256|hash)[^[]*$/i;
/** Of kinds unknown to us any text may be one. */
const PLAIN = /\b(image|host|hosts\[[^\]]*\]|kind|apiVersion|name|namespace|className|\w+ClassName|secretName|schedule|type|size|storage)$/;

/** `v1`, `apps/v1`, `networking.k8s.io/v1`: not of a definition. */
const KUBERNETES_OWN = /^([a-z]+\/)?v\d\w*$|\.k8s\.io\/v\d\w*$/;

/** Which values are not shown: people put secrets into variables and ConfigMaps too. Names, numbers and switches always are. */
export function hiddenIn(object: KubernetesObject): Hides {
  const { kind } = object;
  const known = KUBERNETES_OWN.test(object.apiVersion ?? 'v1') || rowOf(object) !== undefined;
  return (path) => {
    if (kind === 'Secret' || kind === 'ConfigMap') return TEXTS.test(path) || IN_PODS.test(path);
    return IN_PODS.test(path) || (!known && !PLAIN.test(path) && !/^metadata\.(labels|annotations)\b/.test(path));
  };
}

export const HIDDEN = '(hidden)';

/** The same value without what is hidden: `path` is where it stands. */
export function shown(value: unknown, path: string, hides: Hides): unknown {
  if (Array.isArray(value)) return value.map((item, index) => shown(item, `${path}[${keyOf(item, index)}]`, hides));
  if (isMap(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner, path ? `${path}.${key}` : key, hides)]));
  if (value === undefined || value === null || !hides(path)) return value;
  // Numbers and switches of fields that are numbers; a text of digits may be a PIN.
  return typeof value === 'string' || TEXTS.test(path) ? HIDDEN : value;
}

/** Lists of named things (containers, ports, variables) are told apart by name. */
export const keyOf = (value: unknown, index: number): string =>
  isMap(value) && typeof value.name === 'string' ? value.name : String(index);
