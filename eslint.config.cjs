const nx = require('@nx/eslint-plugin');
const prettier = require('eslint-config-prettier');
const tseslint = require('typescript-eslint');

const may = (sourceTag, ...onlyDependOnLibsWithTags) => ({ sourceTag, onlyDependOnLibsWithTags });

/** Who may import whom (docs/architecture.md). Both a project's type and its scope must allow an import. */
const directions = [
  may('type:base', 'type:base'),
  may('type:plugin', 'type:base'),
  may('type:domain', 'type:base', 'type:domain'),
  may('type:adapter', 'type:base'),
  may('type:api', 'type:base', 'type:plugin', 'type:domain'),
  may('type:composition', 'type:base', 'type:plugin', 'type:domain', 'type:adapter', 'type:api', 'type:composition'),
  may('type:app', 'type:base', 'type:plugin', 'type:domain', 'type:adapter', 'type:api', 'type:composition'),
  may('type:test', 'type:base'),
];
const scopes = [
  may('scope:shared', 'scope:shared'),
  may('scope:layers', 'scope:layers', 'scope:shared'),
  may('scope:matching', 'scope:matching', 'scope:shared'),
  may('scope:reporting', 'scope:reporting', 'scope:matching', 'scope:shared'),
  may('scope:policy', 'scope:policy', 'scope:reporting', 'scope:matching', 'scope:shared'),
  may('scope:feeds', 'scope:feeds', 'scope:reporting', 'scope:matching', 'scope:shared'),
  may('scope:history', 'scope:history', 'scope:policy', 'scope:reporting', 'scope:matching', 'scope:shared'),
  may(
    'scope:delivery',
    ...['scope:delivery', 'scope:history', 'scope:policy', 'scope:reporting', 'scope:matching', 'scope:shared'],
  ),
  may('scope:all', '*'),
];
/** A spec may use every library that is not an app, including the test kit. */
const specDirections = [
  may('*', 'type:base', 'type:plugin', 'type:domain', 'type:adapter', 'type:api', 'type:composition', 'type:test'),
];

const boundaries = (depConstraints) => [
  'error',
  { enforceBuildableLibDependency: false, banTransitiveDependencies: true, allow: [], depConstraints },
];

/**
 * The Nx rule allows paths into another library's folder. The only entry point of a library is its index, except for
 * folders with their own entry point (tsconfig.base.json), whose dependencies are too heavy for users of the rest of
 * the library.
 */
const deepImports = {
  group: [
    '@clarion/*/*',
    '!@clarion/child-processes/argument',
    '!@clarion/clair-v4/formats',
    '!@clarion/connections/limits',
    '!@clarion/detector-client/grpc',
    '!@clarion/file-formats/documents',
    '!@clarion/file-formats/parts',
    '!@clarion/file-formats/programs',
    '!@clarion/layer-archive/hashing',
    '!@clarion/test-kit/match-facts',
  ],
  message: 'Import from the library itself',
};

/** Specs may also import the libraries that the specs of another library depend on. */
const deepSpecImports = { ...deepImports, group: [...deepImports.group, '!@clarion/use-cases/testing'] };

const restrictedSyntax = [
  { selector: 'ExportDefaultDeclaration', message: 'Use named exports' },
  { selector: 'TSEnumDeclaration', message: 'Use a const array and a union type' },
  {
    selector: [
      "Property[key.name='remedy'] > Literal[value=/^[A-Z][a-z]/]",
      "Property[key.name='remedy'] > TemplateLiteral > TemplateElement:first-child[value.raw=/^[A-Z][a-z]/]",
    ].join(),
    message: 'A remedy follows a semicolon: begin in lower case',
  },
];
/** Part of another signal, it never fires on Node 20 once garbage was collected; nothing clears it, either. */
const timeouts = {
  selector: "MemberExpression[object.name='AbortSignal'][property.name='timeout']",
  message: 'Use createDeadline of @clarion/deadlines, and clear it',
};

const noSleep =
  'Wait for a condition (until of the test kit); a delay that is tested has a name (slowly, outage, randomMoment)';
/** Time that merely passes is too short on a busy machine and too long on any other. */
const sleeps = [
  { selector: "Identifier[name='setTimeout']", message: noSleep },
  { selector: 'ImportDeclaration[source.value=/^(node:)?timers(.promises)?$/]', message: noSleep },
  { selector: 'ImportExpression[source.value=/^(node:)?timers(.promises)?$/]', message: noSleep },
  { selector: "MemberExpression[object.name='Atomics'][property.name='wait']", message: noSleep },
];

const tests = '/^(it|test|describe)$/';
const ofTests = ['callee.name', 'callee.object.name', 'callee.callee.object.name'].map((of) => `[${of}=${tests}]`);
/** A test that returns early is reported as passed. */
const silentEnd = {
  selector: ['ReturnStatement[argument=null]', 'BlockStatement[body.length=1] > ReturnStatement[argument=null]']
    .map((end) => `CallExpression:matches(${ofTests.join()}) > :function > BlockStatement > IfStatement > ${end}`)
    .join(),
  message: 'Skip it (it.skip), with the reason in its name',
};

/** Plugins and domain code see bytes and facts, never the machine. */
const outside = ['fs', 'net', 'http', 'https', 'http2', 'tls', 'dgram', 'dns', 'child_process', 'worker_threads'];
const drivers = ['mongodb', '@nats-io/*', '@grpc/*', 'express', 'undici', 'lmdb'];
const noDrivers = { group: drivers, message: 'Adapters only' };
/** The same for `import()`. */
const dynamicOutside = {
  selector: `ImportExpression[source.value=/^(node:)?(${outside.join('|')})(\\u002F|$)|^(mongodb|express|undici|lmdb|@nats-io\\u002F.*|@grpc\\u002F.*)$/]`,
  message: 'Bytes come in as arguments',
};

/** What Node has that no import names. */
const nodeGlobals = Object.fromEntries(
  [
    'Buffer',
    'URL',
    'performance',
    'console',
    'fetch',
    'process',
    'setTimeout',
    'clearTimeout',
    'setInterval',
    'clearInterval',
  ].map((name) => [name, 'readonly']),
);
/** Of ESLint's own rules those that find mistakes which types do not. */
const mistakes = [
  ...[
    'no-undef',
    'no-unreachable',
    'no-dupe-keys',
    'no-dupe-else-if',
    'no-duplicate-case',
    'no-fallthrough',
    'no-empty',
  ],
  ...['no-self-assign', 'no-self-compare', 'no-cond-assign', 'no-constant-condition', 'no-constant-binary-expression'],
  ...['no-unsafe-finally', 'no-useless-escape', 'no-useless-catch', 'no-loss-of-precision', 'no-sparse-arrays'],
  ...[
    'no-unmodified-loop-condition',
    'no-template-curly-in-string',
    'no-async-promise-executor',
    'no-promise-executor-return',
  ],
];
const commonJsGlobals = { require: 'readonly', module: 'writable', exports: 'writable', __dirname: 'readonly' };

module.exports = tseslint.config(
  {
    ignores: [
      'node_modules/**',
      'dist/**',
      'coverage/**',
      '.nx/**',
      '**/testdata/**',
      'libs/base/proto/src/generated/**',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked, prettier],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: __dirname } },
    rules: {
      '@nx/enforce-module-boundaries': boundaries([...directions, ...scopes]),
      '@typescript-eslint/consistent-type-imports': 'error',
      // Leaving a member out of an object is done by naming it.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/prefer-literal-enum-member': 'off',
      'no-duplicate-imports': ['error', { includeExports: false }],
      'no-restricted-imports': ['error', { patterns: [deepImports] }],
      'no-restricted-syntax': ['error', ...restrictedSyntax, timeouts],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 3],
    },
  },
  {
    // Scripts that run before anything is built. Their types are checked by tools/tsconfig.json; rules that need types
    // would take a second project of types here.
    files: ['**/*.mjs', '**/*.cjs'],
    extends: [...tseslint.configs.strict, ...tseslint.configs.stylistic, prettier],
    languageOptions: { globals: nodeGlobals },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      'no-restricted-syntax': ['error', ...restrictedSyntax.filter(({ selector }) => !/^Export/.test(selector))],
      'no-duplicate-imports': 'error',
      ...Object.fromEntries(mistakes.map((rule) => [rule, 'error'])),
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: commonJsGlobals },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: [
      'libs/{base/{model,distributions,ecosystems,store-rules,version-schemes,file-formats,rest-v1-contract},plugins/*,domain/*}/src/**/*.ts',
    ],
    ignores: ['**/*.spec.ts', '**/testing/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            deepImports,
            {
              group: outside.flatMap((m) => [`node:${m}`, `node:${m}/*`, m, `${m}/*`]),
              message: 'Bytes come in as arguments',
            },
            noDrivers,
          ],
        },
      ],
      'no-restricted-globals': ['error', { name: 'fetch', message: 'Bytes come in as arguments' }],
      'no-restricted-syntax': ['error', ...restrictedSyntax, timeouts, dynamicOutside],
    },
  },
  {
    // APIs answer requests; what they know comes from use cases.
    files: ['libs/apis/*/src/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/testing/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [deepImports, { group: ['mongodb', '@nats-io/*', 'undici', 'lmdb'], message: 'Adapters only' }] },
      ],
    },
  },
  {
    files: ['**/*.spec.ts', '**/testing/**/*.ts', 'libs/testing/test-kit/**/*.ts', 'tools/**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': boundaries(specDirections),
      'no-restricted-imports': ['error', { patterns: [deepSpecImports] }],
      'no-restricted-syntax': ['error', ...restrictedSyntax],
      'max-lines-per-function': 'off',
      'max-params': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    // The two that wait for all others are their only home.
    files: ['**/*.spec.ts', '**/testing/**/*.ts', 'libs/testing/test-kit/**/*.ts'],
    ignores: ['libs/testing/test-kit/src/until.ts', 'libs/testing/test-kit/src/deliberate-delay.ts'],
    rules: { 'no-restricted-syntax': ['error', ...restrictedSyntax, ...sleeps, silentEnd] },
  },
  {
    // Manifests of any kind and shape; their types are checked by the specs themselves.
    files: ['tools/deploy/**/*.ts'],
    rules: Object.fromEntries(
      [
        'explicit-any',
        'unsafe-argument',
        'unsafe-assignment',
        'unsafe-call',
        'unsafe-member-access',
        'unsafe-return',
      ].map((rule) => [`@typescript-eslint/no-${rule}`, 'off']),
    ),
  },
);
