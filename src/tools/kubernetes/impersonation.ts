import type { UserEntry } from './kubeconfig.ts';

/** Headers of a user who acts as another one, as kubectl sends them. */
export function impersonation(user: UserEntry): Record<string, string | string[]> {
  if (!user.as) return {};
  const extra = Object.entries(user['as-user-extra'] ?? {}).map(
    ([key, values]) => [`impersonate-extra-${encodeURIComponent(key.toLowerCase())}`, values] as const,
  );
  return {
    'impersonate-user': user.as,
    ...(user['as-groups']?.length ? { 'impersonate-group': [...user['as-groups']] } : {}),
    ...(user['as-uid'] ? { 'impersonate-uid': user['as-uid'] } : {}),
    ...Object.fromEntries(extra),
  };
}
