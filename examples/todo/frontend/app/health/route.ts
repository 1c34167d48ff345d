import { appVersion } from '../../server/version.ts';

export const dynamic = 'force-dynamic';

/** Says that this process serves; asks nobody else. */
export function GET(): Response {
  return Response.json({ status: 'healthy', version: appVersion() });
}
