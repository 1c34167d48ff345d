export default {
  output: 'standalone',
  poweredByHeader: false,
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
  images: { unoptimized: true },
};
