import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Layout } from './oci.ts';
import { run } from './process.ts';
import { type Log, seconds } from './recipe.ts';
import { keyOf, once } from './store.ts';

const SOURCE = fileURLToPath(new URL('trivydb', import.meta.url));
const FILES = ['main.go', 'go.mod', 'go.sum', 'advisories.json'];

/** Where Trivy finds the database in a registry: `<host>/trivy-db:2`. */
export const TRIVY_DB = { repository: 'trivy-db', tags: ['2'] } as const;

/** Trivy's vulnerability database as the artifact that Trivy downloads: an OCI layout in `cache`. Needs Go for the first build. */
export async function trivyDatabase(cache: string, log: Log): Promise<string> {
  const sources = await Promise.all(FILES.map((name) => readFile(join(SOURCE, name), 'utf8')));
  const dir = join(cache, `trivy-db-${keyOf(sources)}`);
  const start = Date.now();
  const made = await once(dir, async (scratch) => {
    const work = join(scratch, 'content');
    await mkdir(work);
    await run('go', ['run', '.', work], { cwd: SOURCE });
    await run('tar', ['--mtime=@0', '--owner=0', '--group=0', '-C', work, '-cf', join(scratch, 'db.tar'), 'metadata.json', 'trivy.db']);
    const layout = await Layout.open(scratch);
    const { descriptor } = await layout.putLayer(join(scratch, 'db.tar'), {
      mediaType: 'application/vnd.aquasec.trivy.db.layer.v1.tar+gzip',
    });
    const layer = { ...descriptor, annotations: { 'org.opencontainers.image.title': 'db.tar.gz' } };
    await layout.tag(await layout.putArtifact('application/vnd.aquasec.trivy.config.v1+json', [layer]), 'trivy-db:2');
  });
  if (made) log(`images: Trivy's database made in ${seconds(start)} s`);
  return dir;
}
