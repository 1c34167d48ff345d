/** The part of an OpenAPI description that the product uses: some operations, with all that they refer to. */

export type Json = null | string | number | boolean | Json[] | { [key: string]: Json };
type Fields = Record<string, Json>;

export interface Description {
  openapi: string;
  info: Fields;
  security?: Json;
  paths: Record<string, Fields>;
  components: Record<string, Fields>;
}

export interface Operation {
  path: string;
  method: string;
}

/** Returns only those operations. `also` names what no operation refers to, such as `#/components/schemas/error`. */
export function excerpt(description: Description, operations: readonly Operation[], also: readonly string[] = []): Description {
  const paths: Description['paths'] = {};
  for (const { path, method } of operations) {
    const { parameters } = description.paths[path] ?? {};
    const shared = parameters === undefined ? {} : { parameters };
    paths[path] = { ...shared, ...paths[path], [method]: description.paths[path]?.[method] ?? missing(`${method} ${path}`) };
  }
  const { security } = description;
  return {
    openapi: description.openapi,
    info: description.info,
    ...(security === undefined ? {} : { security }),
    paths,
    components: components(description, [...references(paths), ...also]),
  };
}

function components(description: Description, refs: readonly string[]): Description['components'] {
  const found: Description['components'] = {};
  const seen = new Set<string>();
  const open = [...refs];
  for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
    if (seen.has(ref)) continue;
    seen.add(ref);
    const [, , kind = '', name = ''] = ref.split('/');
    const value = description.components[kind]?.[name] ?? missing(ref);
    found[kind] = { ...found[kind], [name]: value };
    open.push(...references(value));
  }
  return Object.fromEntries(Object.entries(found).map(([kind, values]) => [kind, Object.fromEntries(Object.entries(values).sort())]));
}

function* references(value: Json): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* references(item);
  else if (typeof value === 'object' && value !== null) {
    if (typeof value.$ref === 'string') yield value.$ref;
    for (const inner of Object.values(value)) yield* references(inner);
  }
}

function missing(what: string): never {
  throw new Error(`The description has no ${what}`);
}
