/** Pure: a map of JSON or YAML, not a list. */
export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Pure: what stands at a path of fields; undefined where there is nothing. */
export const fieldAt = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((part, field) => (isMap(part) ? part[field] : undefined), value);

/** Pure: what an error says. Node's own may come from another realm than ours, where `instanceof` says no. */
export const messageOf = (error: unknown): string => (isMap(error) && typeof error.message === 'string' ? error.message : String(error));

/** Pure: an error's code, such as ENOENT; empty where it has none. */
export const codeOf = (error: unknown): string => (isMap(error) && typeof error.code === 'string' ? error.code : '');
