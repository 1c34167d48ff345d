import { backend } from '../../server/backend.ts';
import { appVersion } from '../../server/version.ts';

export const dynamic = 'force-dynamic';

/** The versions that answer together: this frontend's and that of the backend it calls. */
export async function GET(): Promise<Response> {
  const frontend = appVersion();
  try {
    const { version } = await backend().health();
    return Response.json({ frontend, backend: version });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return Response.json({ frontend, backend: null, error: 'the backend did not answer' }, { status: 502 });
  }
}
