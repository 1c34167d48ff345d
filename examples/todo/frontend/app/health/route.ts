import { appVersion } from '../../server/version.ts';

export const dynamic = 'force-dynamic';

/** Says that this process serves; depends on nothing else. */
export function GET(): Response {
  return Response.json({ status: 'healthy', version: appVersion() });
}
