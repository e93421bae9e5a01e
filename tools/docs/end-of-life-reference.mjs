// Writes docs/end-of-life.md from the table that reports are made with.
// Usage: node tools/docs/end-of-life-reference.mjs [--check]     --check only tells, by exit code 1, whether it is out of date
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDependencies, root } from '../setup/ensure.mjs';

ensureDependencies();
const { format, resolveConfig } = await import('prettier');
const { transform } = await import('esbuild');
const source = readFileSync(join(root, 'libs/base/model/src/end-of-life-table.ts'), 'utf8');
const { code } = await transform(source, { loader: 'ts', format: 'esm' });
const { lifecyclesAsOf, lifecycles } = await import(`data:text/javascript,${encodeURIComponent(code)}`);

function section({ title, family, meaning, source: address, releases, extended }) {
  const rows = Object.entries(releases).map(([release, end]) => {
    const longer = extended?.releases[release];
    return `| ${release === '' ? family : `${family}:${release}`} | ${end} |${extended ? ` ${longer ?? ''} |` : ''}`;
  });
  const prolonged = extended ? ` with the ${extended.kind} \`${extended.value}\` |` : '';
  return `## ${title}

${meaning === undefined ? '' : `Here: ${meaning}. `}Source: <${address}>.

| namespace | end |${prolonged}
| --- | --- |${extended ? ' --- |' : ''}
${rows.join('\n')}
`;
}

const text = `# End of support

Made by \`node tools/docs/end-of-life-reference.mjs\` from the table in \`libs/base/model/src/end-of-life-table.ts\`, which was held
against its sources on ${lifecyclesAsOf}; do not edit. A spec fails when that is more than 400 days ago.

A distribution out of support makes a scan incomplete (exit code 3): nobody looks for flaws in it any more. \`rolling\` releases
have no end. Where the end is \`unknown\` the report says so (\`coverage.namespaces[].support\`), and nothing else follows from it.
Support that is paid for counts where the image shows that it has it.

${lifecycles.map(section).join('\n')}`;
const path = join(root, 'docs', 'end-of-life.md');
const pretty = await format(text, { ...(await resolveConfig(path)), parser: 'markdown' });
if (!process.argv.includes('--check')) writeFileSync(path, pretty);
else if (!existsSync(path) || readFileSync(path, 'utf8') !== pretty) {
  console.error('docs/end-of-life.md is out of date: run node tools/docs/end-of-life-reference.mjs');
  process.exit(1);
}
