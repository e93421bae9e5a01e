// Writes docs/configuration.md from the settings tables of the services, so that no setting is missing or out of date.
// Usage: node tools/docs/configuration-reference.mjs [--check]     --check exits with 1 if it is out of date
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDependencies, root } from '../setup/ensure.mjs';
import { serveSettings, serviceSettings } from './service-settings.mjs';

ensureDependencies();
const { format, resolveConfig } = await import('prettier');

/** Variables by name; one that services describe differently has a row for each description. */
function variablesOf(services) {
  const variables = new Map();
  for (const [app, settings] of Object.entries(services)) {
    for (const setting of settings) {
      const key = `${setting.env}\n${setting.about}\n${setting.default ?? ''}`;
      const known = variables.get(key) ?? { ...setting, apps: [] };
      variables.set(key, { ...known, apps: [...known.apps, app] });
    }
  }
  return [...variables.values()].sort((a, b) => (a.env < b.env ? -1 : a.env > b.env ? 1 : 0));
}

/** What a table's cell shows of the value that holds when a variable is not set. */
function defaultOf({ default: value, optional }) {
  if (value !== undefined) return value === '' ? 'empty' : `\`${value}\``;
  return optional ? '' : '**required**';
}

const services = { ...(await serviceSettings()), 'clarion serve': await serveSettings() };
const variables = variablesOf(services);
const cell = (text) => text.replaceAll('|', '\\|');
const rows = variables.map((variable) => {
  const name = `\`${variable.env}\`${variable.secret ? ' (secret)' : ''}`;
  const users = variable.apps.length === Object.keys(services).length ? 'all' : variable.apps.join(', ');
  return `| ${name} | ${cell(defaultOf(variable))} | ${users} | ${cell(variable.about)} |`;
});
const text = `# Configuration of the services

Made by \`node tools/docs/configuration-reference.mjs\` from the tables of the services and of \`clarion serve\`; do not edit.

Services are configured by environment variables, read once at the start. An empty variable counts as not set. What is wrong or
missing is reported all at once, by name; a variable that begins with \`CLARION_\` and that nothing reads is a warning. A secret may be
given in a file instead: \`CLARION_…_FILE\` names it. Time spans are written \`250ms\`, \`30s\`, \`5m\`, \`2h\`, \`7d\`, \`4w\`; sizes \`512KiB\`,
\`64MiB\`, \`2GiB\`. Traces are switched on by the usual \`OTEL_*\` variables.

\`clarion serve\` does what all services do, and has their settings; options and \`clarion.yaml\` come before variables
([cli.md](cli.md#clarion-serve)). Its store is the data directory (\`--db\`), and it listens where \`--listen\` says.

| variable | default | service | what |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
const path = join(root, 'docs', 'configuration.md');
const pretty = await format(text, { ...(await resolveConfig(path)), parser: 'markdown' });
if (!process.argv.includes('--check')) writeFileSync(path, pretty);
else if (!existsSync(path) || readFileSync(path, 'utf8') !== pretty) {
  console.error('docs/configuration.md is out of date: run node tools/docs/configuration-reference.mjs');
  process.exitCode = 1;
}
