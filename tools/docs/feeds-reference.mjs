// Writes docs/feeds.md from what the program itself says of its feeds, so that the list is never out of date.
// Usage: node tools/docs/feeds-reference.mjs [--check]     --check only tells, by exit code 1, whether it is out of date
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBundle, ensureDependencies, root } from '../setup/ensure.mjs';

ensureDependencies();
const { format, resolveConfig } = await import('prettier');
const cli = await ensureBundle('cli');

function clarion(...args) {
  const done = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', env: { PATH: process.env.PATH } });
  if (done.status !== 0) throw new Error(`clarion ${args.join(' ')} failed: ${done.stderr}`);
  return done.stdout;
}

const feeds = JSON.parse(clarion('feeds', '--format', 'json'));
const rows = feeds.map(({ id, title, namespaces, baseUrl, enabled }) =>
  [
    `\`${id}\`${enabled === false ? ' (off)' : ''}`,
    title,
    namespaces || 'describes vulnerabilities',
    `<${baseUrl}>`,
  ].join(' | '),
);
const text = `# Feeds

Made by \`node tools/docs/feeds-reference.mjs\` from the program's own list; do not edit. What each reads, and what it leaves out,
is in the readme of its folder below \`libs/feed-sources/src\`. How to switch feeds on and off, move them to a mirror, or add
your own: [own-data.md](own-data.md). Machines without network: [air-gapped.md](air-gapped.md).

| feed | what | about | production address |
| --- | --- | --- | --- |
${rows.map((row) => `| ${row} |`).join('\n')}

## Layout of a mirror

One folder a feed, as \`clarion update --from DIRECTORY\` and \`scan --feeds-dir DIRECTORY\` read it:

\`\`\`text
${clarion('feeds', '--layout').trim()}
\`\`\`
`;
const path = join(root, 'docs', 'feeds.md');
const pretty = await format(text, { ...(await resolveConfig(path)), parser: 'markdown' });
if (!process.argv.includes('--check')) writeFileSync(path, pretty);
else if (!existsSync(path) || readFileSync(path, 'utf8') !== pretty) {
  console.error('docs/feeds.md is out of date: run node tools/docs/feeds-reference.mjs');
  process.exit(1);
}
