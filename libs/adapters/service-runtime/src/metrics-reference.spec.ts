import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { metricTable, type MetricName } from './metric-table';

const file = path.join(__dirname, '../../../../docs/observability.md');
const begin = '<!-- Made from libs/adapters/service-runtime/src/metric-table.ts; do not edit. -->\n';

/** A Markdown table without its alignment. */
function plain(table: string): string {
  return table.replace(/-{3,}/g, '---').replace(/ +/g, ' ').trim();
}

it('docs/observability.md has every metric', () => {
  const rows = (Object.keys(metricTable) as MetricName[]).sort().map((name) => {
    const { type, labels, help } = metricTable[name];
    return `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`;
  });
  const table = ['| metric | type | labels | what |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
  const now = readFileSync(file, 'utf8');
  const start = now.slice(0, now.indexOf(begin) + begin.length);
  // UPDATE_EXPECTED=1 rewrites it; prettier formats its columns.
  if (process.env['UPDATE_EXPECTED'] === '1') writeFileSync(file, `${start}\n${table}`);
  expect(plain(readFileSync(file, 'utf8').slice(start.length))).toBe(plain(table));
});
