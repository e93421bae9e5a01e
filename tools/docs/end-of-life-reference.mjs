// Writes docs/end-of-life.md from the distribution data that reports use.
// Usage: node tools/docs/end-of-life-reference.mjs [--check]     --check exits with 1 if it is out of date
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDependencies, root } from '../setup/ensure.mjs';

ensureDependencies();
const { format, resolveConfig } = await import('prettier');
const { build } = await import('esbuild');
const bundle = await build({
  ...{ entryPoints: [join(root, 'libs/base/distributions/src/index.ts')], tsconfig: join(root, 'tsconfig.base.json') },
  ...{ bundle: true, write: false, format: 'esm', platform: 'node', logLevel: 'error' },
});
const code = bundle.outputFiles[0]?.text ?? '';
const { supportCheckedOn, distributions } = await import(`data:text/javascript,${encodeURIComponent(code)}`);

function section({ title, family, support: { meaning, source: address, releases, extended } }) {
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

Made by \`node tools/docs/end-of-life-reference.mjs\` from the rows in \`libs/base/distributions/src/rows\`, which were
compared with their sources on ${supportCheckedOn}; do not edit. A spec fails when that is more than 400 days ago.

A distribution out of support makes a scan incomplete (exit code 3): nobody looks for flaws in it any more. \`rolling\` releases
have no end. Where the end is \`unknown\` the report says so (\`coverage.namespaces[].support\`), and nothing else follows from it.
Support that is paid for counts where the image shows that it has it.

${distributions.map(section).join('\n')}`;
const path = join(root, 'docs', 'end-of-life.md');
const pretty = await format(text, { ...(await resolveConfig(path)), parser: 'markdown' });
if (!process.argv.includes('--check')) writeFileSync(path, pretty);
else if (!existsSync(path) || readFileSync(path, 'utf8') !== pretty) {
  console.error('docs/end-of-life.md is out of date: run node tools/docs/end-of-life-reference.mjs');
  process.exit(1);
}
