/** Pure: a name that Kubernetes and registries take, of any text; '' where nothing of it is left. */
export const dnsName = (text: string, longest = 40): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, longest)
    .replace(/-+$/, '');

/** Pure: a key that a template can name without quotes, and YAML takes for text. */
export function valueKey(name: string): string {
  const key = name.replace(/-+([a-z0-9])/g, (_, next: string) => next.toUpperCase());
  return /^(\d|(y|n|yes|no|on|off|true|false|null|ingress)$)/.test(key) ? `app${key.charAt(0).toUpperCase()}${key.slice(1)}` : key;
}

export const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.');
export const fileOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Pure: `./a/../b` → `b`; `.` for the repository itself; undefined for what lies outside of it. */
export function inside(...parts: readonly string[]): string | undefined {
  const out: string[] = [];
  for (const part of parts.flatMap((path) => path.split('/'))) {
    if (part === '' || part === '.') continue;
    if (part !== '..') out.push(part);
    else if (out.pop() === undefined) return undefined;
  }
  return out.join('/') || '.';
}

/** Pure: a path in a folder of the repository. */
export const below = (folder: string, path: string): string => (folder === '.' ? path : `${folder}/${path}`);
