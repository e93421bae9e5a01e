// Writes the table of indexes in docs/mongodb.md from those that the store creates.
// Usage: node tools/docs/mongodb-indexes.mjs [--check]     --check exits with 1 if it is out of date
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDependencies, root } from '../setup/ensure.mjs';

ensureDependencies();
const { format, resolveConfig } = await import('prettier');
const { build } = await import('esbuild');
const bundle = await build({
  ...{
    entryPoints: [join(root, 'libs/adapters/store-mongo/src/indexes.ts')],
    tsconfig: join(root, 'tsconfig.base.json'),
  },
  ...{ bundle: true, write: false, format: 'esm', platform: 'node', logLevel: 'error' },
});
const code = bundle.outputFiles[0]?.text ?? '';
const { declaredIndexes } = await import(`data:text/javascript,${encodeURIComponent(code)}`);

const rows = Object.entries(declaredIndexes)
  .filter(([, indexes]) => indexes.length > 0)
  .flatMap(([collection, indexes]) =>
    indexes.map(({ name, key, sparse }, at) => {
      const members = Object.entries(key).map(([member, direction]) => `\`${member}: ${direction}\``);
      return `| ${at === 0 ? collection : ''} | \`${name}\`${sparse ? ' (sparse)' : ''} | ${members.join(', ')} |`;
    }),
  );
const without = Object.entries(declaredIndexes).flatMap(([name, indexes]) => (indexes.length === 0 ? [name] : []));
const table = `| collection | index | members |
| --- | --- | --- |
${rows.join('\n')}

Only by \`_id\`: ${without.join(', ')}.`;

const path = join(root, 'docs', 'mongodb.md');
const [start, end] = ['<!-- indexes: made by tools/docs/mongodb-indexes.mjs -->', '<!-- end of indexes -->'];
const text = readFileSync(path, 'utf8');
const [before, rest = ''] = text.split(start);
const after = rest.split(end)[1] ?? '';
const pretty = await format(`${before}${start}\n\n${table}\n\n${end}${after}`, {
  ...(await resolveConfig(path)),
  parser: 'markdown',
});
if (!process.argv.includes('--check')) writeFileSync(path, pretty);
else if (text !== pretty) {
  console.error('docs/mongodb.md is out of date: run node tools/docs/mongodb-indexes.mjs');
  process.exit(1);
}
