import type { Checkout, Wanted } from '../../../src/init/index.ts';

/** A checkout of these files. */
export const checkoutOf = (files: Readonly<Record<string, string>>, more: Partial<Checkout> = {}): Checkout => ({
  files: Object.keys(files).sort(),
  read: (path) => files[path],
  folder: 'shop',
  remote: 'git@github.com:Acme/Shop.git',
  branch: 'main',
  ...more,
});

export const wantedOf = (more: Partial<Wanted> = {}): Wanted => ({
  images: [],
  registry: undefined,
  chart: undefined,
  release: undefined,
  namespace: undefined,
  host: undefined,
  issuer: undefined,
  ingressClass: undefined,
  cluster: undefined,
  environment: 'production',
  ports: {},
  port: undefined,
  ...more,
});
