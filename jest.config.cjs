// ESM-only packages that Jest on Node 20 cannot require directly.
const esmOnly = ['jose', 'zstddec'];

/** Where the names of libraries lead, as the compiler and the build have it. */
const libraries = Object.fromEntries(
  Object.entries(require('./tsconfig.base.json').compilerOptions.paths)
    .filter(([name]) => name.startsWith('@clarion/'))
    .map(([name, files]) => [
      `^${name.replace('*', '([^/]+)')}$`,
      files.map((file) => `<rootDir>/${file.replace('*', '$1')}`),
    ]),
);

/** One configuration for the whole workspace: fewer process starts than one Jest a project. */
module.exports = {
  testEnvironment: 'node',
  // Only ends hanging tests: a busy machine must not fail a test.
  testTimeout: 120_000,
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/tools'],
  testMatch: ['**/*.spec.ts'],
  testSequencer: '<rootDir>/tools/setup/suite-order.cjs',
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  transform: {
    '\\.thread\\.ts$': '<rootDir>/tools/setup/thread-programs.cjs',
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
    ...libraries,
  },
  collectCoverageFrom: [
    '{apps,libs/*}/*/src/**/*.ts',
    '!**/*.spec.ts',
    '!**/testdata/**',
    '!libs/base/proto/src/generated/**',
    '!libs/testing/test-kit/**',
  ],
  coverageDirectory: 'coverage',
};
