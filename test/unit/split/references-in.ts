/** Field → kind and name field of what it refers to: found wherever it stands, without knowing the API's shapes. */
const REFERENCES: Readonly<Record<string, [kind: string, field: string]>> = {
  configMap: ['/ConfigMap', 'name'],
  configMapRef: ['/ConfigMap', 'name'],
  configMapKeyRef: ['/ConfigMap', 'name'],
  secret: ['/Secret', 'secretName'],
  secretRef: ['/Secret', 'name'],
  secretKeyRef: ['/Secret', 'name'],
  imagePullSecrets: ['/Secret', 'name'],
};

/** Every ConfigMap and Secret that a pod's spec names. */
export function referencesIn(value: unknown, key = ''): { kind: string; name: string }[] {
  if (Array.isArray(value)) {
    return value.flatMap((item) => referencesIn(item, key));
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const fields = value as Record<string, unknown>;
  const [kind = '', field = ''] = REFERENCES[key] ?? [];
  // A projected source is called `secret`, too, and has `name`.
  const name = fields[field] ?? (key === 'secret' ? fields.name : undefined);
  const here = typeof name === 'string' && kind !== '' ? [{ kind, name }] : [];
  return [...here, ...Object.entries(fields).flatMap(([inner, one]) => referencesIn(one, inner))];
}
