// ESM-only packages that Jest on Node 20 cannot require as they are.
const esmOnly = ['jose', 'zstddec'];

/** One configuration for the whole workspace: fewer process starts than one Jest a project. */
module.exports = {
  testEnvironment: 'node',
  // Only ends what hangs: machines that are busy with other work must not fail a test.
  testTimeout: 120_000,
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/tools'],
  testMatch: ['**/*.spec.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
    '^.+\\.[cm]?js$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'ecmascript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`node_modules/(?!(${esmOnly.join('|')})/)`],
  moduleNameMapper: {
    '^fast-check$': '<rootDir>/tools/checks/seeded-fast-check.cjs',
    '^@clarion/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^@clarion/([^/]+)/([^/]+)$': '<rootDir>/libs/$1/src/$2/index.ts',
  },
  collectCoverageFrom: [
    '{apps,libs}/*/src/**/*.ts',
    '!**/*.spec.ts',
    '!**/testdata/**',
    '!libs/proto/src/generated/**',
    '!libs/test-kit/**',
  ],
  coverageDirectory: 'coverage',
};
