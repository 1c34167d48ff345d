import type { NextConfig } from 'next';

const config: NextConfig = {
  output: 'standalone',
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
  poweredByHeader: false,
  // The root filesystem is read-only and no page uses pictures: no image optimiser, no cache on disk.
  images: { unoptimized: true },
  outputFileTracingIncludes: { '/**': ['./VERSION'] },
  outputFileTracingExcludes: { '**': ['node_modules/@img/**', 'node_modules/sharp/**', 'node_modules/typescript/**'] },
};

export default config;
