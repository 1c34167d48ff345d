import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { NodeProcessRunner } from '../../../src/tools/process.ts';
import { RegistryClient } from '../../../src/tools/registry/client.ts';
import { parseRepository } from '../../../src/tools/registry/reference.ts';
import { ClusterError } from '../../errors.ts';
import { Layout } from '../../images/layout.ts';
import { run } from '../../images/process.ts';
import { allProgramFolders } from '../cache.ts';
import { platform, sourceAddress } from './address.ts';
import { type Build, LAYER, manifestOf, OCI_MANIFEST, tagOf } from './artifact.ts';

/** The same bytes for the same files, whoever built them and when. */
const REPRODUCIBLE = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX', '--format=gnu'];

/**
 * Pushes these builds as one artifact to `repository`, with the login that docker has. Returns the digest of its manifest.
 * Throws a ClusterError that names what is not built yet.
 */
export async function publishPrograms(
  repository: string,
  onProgress: (line: string) => void,
  folders: readonly string[] = allProgramFolders(),
): Promise<string> {
  parseRepository(repository);
  const absent = folders.filter((folder) => !existsSync(folder)).map((folder) => basename(folder));
  if (absent.length > 0) {
    throw new ClusterError(
      `not built yet: ${absent.join(', ')}: run "node cluster/programs/build.ts", for each Kubernetes with its TODO_DEPLOY_KUBERNETES`,
    );
  }
  const scratch = await mkdtemp(join(tmpdir(), 'programs-'));
  const client = new RegistryClient({ runner: new NodeProcessRunner() });
  try {
    await client.authorize(repository, 'push');
    const layout = await Layout.open(scratch);
    const builds: Build[] = [];
    for (const folder of folders) builds.push(await pack(folder, layout, onProgress));
    const config = await layout.putBlob('', Buffer.from('{}'));
    const manifest = await layout.putBlob(OCI_MANIFEST, manifestOf(builds, config, sourceAddress()));
    const blobs = [config, ...builds.map(({ layer }) => layer)];
    const { blobsPresent, bytesUploaded } = await client.pushLayout({
      layout: scratch,
      repository,
      manifests: [manifest],
      blobs,
      onProgress,
    });
    const tag = tagOf(
      builds.map(({ key }) => key),
      platform,
    );
    await client.tag(repository, manifest.digest, tag);
    onProgress(`${repository}:${tag}: ${megabytes(bytesUploaded)} MB sent, ${blobsPresent} of ${blobs.length} blobs were there`);
    return manifest.digest;
  } finally {
    await client.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function pack(folder: string, layout: Layout, onProgress: (line: string) => void): Promise<Build> {
  const key = basename(folder);
  const tar = join(layout.dir, 'layer.tar');
  await run('tar', [...REPRODUCIBLE, '-C', folder, '-cf', tar, ...(await readdir(folder)).sort()]);
  const { descriptor: layer } = await layout.putLayer(tar, { mediaType: LAYER });
  await rm(tar);
  onProgress(`packed ${key}: ${megabytes(layer.size)} MB`);
  return { key, layer };
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
