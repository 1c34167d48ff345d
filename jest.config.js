/** ESM through @swc/jest (types are stripped, nothing is checked: tsc does that). One project a level. */
const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' } }] },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/lib/', '<rootDir>/examples/'],
};

const level = (name) => ({ ...shared, displayName: name, testMatch: [`<rootDir>/test/${name}/**/*.test.ts`] });

export default {
  testSequencer: '<rootDir>/test/sequencer.js',
  projects: [level('unit'), level('scenario'), level('cluster')],
};
