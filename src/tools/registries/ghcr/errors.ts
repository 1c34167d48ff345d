import type { RegistryFailure } from '../../../interfaces/registry-provider.ts';

const LINK = 'open the package’s settings on GitHub, "Manage Actions access", and add this repository';
const NOT_LINKED = `the package is not linked to this repository: ${LINK} with the role Write`;
const NOT_CREATED =
  'the prefix names another owner, or the organisation lets no workflow create packages: its settings, Packages, "Package creation"';

/** What GitHub means by a refusal. Its own words name the right that is missing, not where it is given. */
export function ghcrHint({ action, status, message }: RegistryFailure): string | undefined {
  if (status !== 403) return undefined;
  if (/expected scopes/i.test(message)) {
    return `a personal token (classic) needs the scope ${action === 'push' ? 'write' : 'read'}:packages`;
  }
  if (action === 'pull') {
    return `the job needs \`permissions: {packages: read}\`, or \`write\` for a push. If it has that, the package is private and not linked to this repository: ${LINK}`;
  }
  const otherwise = /not allowed to create/i.test(message) ? NOT_CREATED : NOT_LINKED;
  return `the job needs \`permissions: {contents: read, packages: write}\`. If it has that, ${otherwise}`;
}
