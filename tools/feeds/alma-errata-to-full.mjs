// SYNTHETIC DATA for load tests. Writes errata of AlmaLinux (newline-delimited JSON, gzip, `_path` contains the major
// version) as `<major>/errata.full.json`. The records are real, the documents are generated.
// Usage: node tools/feeds/alma-errata-to-full.mjs errata.ndjson.gz DIRECTORY
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { neededArguments } from '../setup/needed-arguments.mjs';

const [input, output] = neededArguments(['errata.ndjson.gz', 'DIRECTORY']);

const majors = new Map();
for (const line of gunzipSync(readFileSync(input)).toString('utf8').trimEnd().split('\n')) {
  const { _path: path, ...erratum } = JSON.parse(line);
  const major = path.split('/')[0];
  majors.set(major, [...(majors.get(major) ?? []), erratum]);
}
for (const [major, data] of majors) {
  mkdirSync(join(output, major), { recursive: true });
  writeFileSync(join(output, major, 'errata.full.json'), JSON.stringify({ schema_version: '1.0', data }));
  console.log(`${major}: ${data.length} errata`);
}
