import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { debianPackages } from './debian.ts';
import { packFiles } from './layer.ts';
import { POSTGRES } from './pins.ts';
import type { LayerRecipe, StoredLayer } from './recipe.ts';

const { major, uid } = POSTGRES;
const BIN = `/usr/lib/postgresql/${major}/bin`;

/** Debian's PostgreSQL, its user under the id of Docker Hub's image. */
export function postgresPackages(base: StoredLayer): LayerRecipe {
  return debianPackages(base, {
    name: 'postgres-packages',
    packages: [`postgresql-${major}`, 'libnss-wrapper'],
    before: [
      `chroot "$1" groupadd --gid ${uid} postgres`,
      `chroot "$1" useradd --uid ${uid} --gid ${uid} --home-dir /var/lib/postgresql --no-create-home postgres`,
      // Debian makes a database at installation; ours is made at the first start.
      'mkdir -p "$1/etc/postgresql-common" && echo "create_main_cluster = false" > "$1/etc/postgresql-common/createcluster.conf"',
    ],
    after: [
      // A package makes a key at installation, which is no secret in an image.
      'rm -f "$1"/etc/ssl/private/ssl-cert-snakeoil.key "$1"/etc/ssl/certs/ssl-cert-snakeoil.pem',
      // PostgreSQL compiles queries only if LLVM is there. A small database does without its 160 MB.
      `rm -rf "$1"/usr/lib/*/libLLVM.so* "$1"/usr/lib/*/libz3.so* "$1"/usr/lib/postgresql/${major}/lib/llvmjit* "$1"/usr/lib/postgresql/${major}/lib/bitcode`,
      `echo "listen_addresses = '*'" >> "$1/usr/share/postgresql/${major}/postgresql.conf.sample"`,
    ],
  });
}

/** The entrypoint and the folders that it writes to. */
export function postgresEntrypoint(): LayerRecipe {
  const content = readFileSync(fileURLToPath(new URL('postgres/entrypoint.sh', import.meta.url)), 'utf8');
  return {
    name: 'postgres',
    pins: [content, uid],
    async pack(tar) {
      await packFiles(
        [
          { path: '/usr/local/bin/docker-entrypoint.sh', content, mode: 0o755 },
          { path: '/docker-entrypoint-initdb.d', directory: true },
          { path: '/run/postgresql', directory: true, mode: 0o1777, owner: uid },
          { path: '/var/lib/postgresql', directory: true, owner: uid },
          { path: '/var/lib/postgresql/data', directory: true, mode: 0o1777, owner: uid },
        ],
        tar,
      );
    },
  };
}

export const postgresConfig = {
  entrypoint: ['docker-entrypoint.sh'],
  cmd: ['postgres'],
  env: {
    LANG: 'C.UTF-8',
    PG_MAJOR: major,
    PGDATA: '/var/lib/postgresql/data',
    PATH: `/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:${BIN}`,
  },
  ports: ['5432/tcp'],
  volumes: ['/var/lib/postgresql/data'],
  // Fast shutdown: sessions are ended, not waited for.
  stopSignal: 'SIGINT',
};
