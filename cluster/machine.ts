import { existsSync } from 'node:fs';
import { CACHE } from './config.ts';
import { ClusterError } from './errors.ts';
import { DEBIAN } from './images/pins.ts';
import { ensureDebianPackages } from './programs/debian.ts';
import { say } from './progress.ts';

/** System programs and their Debian packages: those that are not static Go programs. */
const PACKAGES: Readonly<Record<string, string>> = {
  nft: 'nftables',
  iptables: 'iptables',
  ipset: 'ipset',
  ip: 'iproute2',
  nsenter: 'util-linux',
  openssl: 'openssl',
  perl: 'perl-base',
  sysctl: 'procps',
  mount: 'mount',
  mmdebstrap: 'mmdebstrap',
  unshare: 'util-linux',
};
/** What building the base images needs as well. */
const FILES: Readonly<Record<string, string>> = { [DEBIAN.keyring]: 'debian-archive-keyring' };
const FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const OTHERWISE = 'show it on a cluster that is there: npm run demo -- --context NAME';

/** Checks what we cannot install, with one clear line each, and installs what Debian has. */
export function checkHost(): void {
  if (process.platform !== 'linux') throw new ClusterError(`the embedded cluster needs Linux (this is ${process.platform}); ${OTHERWISE}`);
  if (process.getuid?.() !== 0)
    throw new ClusterError(`the embedded cluster needs root, for namespaces and mounts; run it with sudo, or ${OTHERWISE}`);
  const hidden = ['/run/', '/var/lib/', '/var/log/', '/var/run/'].find((dir) => `${CACHE}/`.startsWith(dir));
  if (hidden)
    throw new ClusterError(`the cache ${CACHE} is below ${hidden}, which nodes have of their own; set TODO_DEPLOY_CACHE to another folder`);
  const programs = Object.entries(PACKAGES).filter(([program]) => !FOLDERS.some((dir) => existsSync(`${dir}/${program}`)));
  const files = Object.entries(FILES).filter(([file]) => !existsSync(file));
  const missing = new Set([...programs, ...files].map(([, name]) => name));
  ensureDebianPackages([...missing], say);
}
