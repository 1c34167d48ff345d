import { ConfigurationError, HttpError } from '../../interfaces/errors.ts';
import { type ClusterAccess, withToken } from './load.ts';
import { Transport, type TransportOptions } from './transport.ts';

/** Kubernetes' own lower limit. */
const SHORTEST_S = 600;

/**
 * Access to the same cluster with nothing but a token of a ServiceAccount (TokenRequest), and the time that it ends (ms since the epoch; the API
 * server may have its own limit). Throws ConfigurationError where there is no such ServiceAccount.
 */
export async function accessAs(
  access: ClusterAccess,
  account: { namespace: string; name: string },
  seconds: number,
  options: TransportOptions = {},
): Promise<{ access: ClusterAccess; until: number }> {
  const transport = new Transport(access, options);
  const place = `/api/v1/namespaces/${encodeURIComponent(account.namespace)}/serviceaccounts/${encodeURIComponent(account.name)}/token`;
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: Math.max(SHORTEST_S, Math.round(seconds)) },
  };
  try {
    // One more token changes nothing.
    const response = await transport.json<{ status: { token: string; expirationTimestamp: string } }>(
      { method: 'POST', path: place, body },
      'safe',
    );
    const { token, expirationTimestamp } = response.status;
    options.mask?.(token);
    return { access: withToken(access, token), until: Date.parse(expirationTimestamp) };
  } catch (error) {
    if (!(error instanceof HttpError) || error.status !== 404) throw error;
    throw new ConfigurationError(`Input "service-account": there is no ServiceAccount ${account.namespace}/${account.name}`, {
      hint: `kubectl --namespace ${account.namespace} create serviceaccount ${account.name}`,
      cause: error,
    });
  } finally {
    await transport.close();
  }
}
