/** ESM through @swc/jest (types are stripped, nothing is checked: tsc does that). One project a level. */
const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024', experimental: { keepImportAttributes: true } } },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/lib/', '<rootDir>/examples/'],
};

const level = (name, more = {}) => ({ ...shared, displayName: name, testMatch: [`<rootDir>/test/${name}/**/*.test.ts`], ...more });
/** An API server for all of its files. */
const served = { globalSetup: '<rootDir>/test/api/support/setup.ts', globalTeardown: '<rootDir>/test/api/support/teardown.ts' };

export default {
  testSequencer: '<rootDir>/test/sequencer.js',
  projects: [level('unit'), level('histories'), level('api', served), level('scenario'), level('cluster')],
};
