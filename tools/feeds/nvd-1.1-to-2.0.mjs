// SYNTHETIC DATA for load tests. Writes a yearly file of NVD's retired format 1.1 again in the shape of format 2.0, with
// its .meta file. The records are real, their wire form is not: it never decides what the parser must read.
// Usage: node tools/feeds/nvd-1.1-to-2.0.mjs nvdcve-1.1-2022.json.gz DIRECTORY
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { neededArguments } from '../setup/needed-arguments.mjs';

/** `2022-03-11T18:15Z` as format 2.0 writes it. */
const time = (text) => `${text.slice(0, 16)}:00.000`;

function metrics({ baseMetricV2, baseMetricV3 }) {
  const source = 'nvd@nist.gov';
  return {
    ...(baseMetricV3 === undefined
      ? {}
      : {
          [baseMetricV3.cvssV3.version === '3.0' ? 'cvssMetricV30' : 'cvssMetricV31']: [
            {
              source,
              type: 'Primary',
              cvssData: baseMetricV3.cvssV3,
              exploitabilityScore: baseMetricV3.exploitabilityScore,
              impactScore: baseMetricV3.impactScore,
            },
          ],
        }),
    ...(baseMetricV2 === undefined
      ? {}
      : {
          cvssMetricV2: [
            { source, type: 'Primary', cvssData: baseMetricV2.cvssV2, baseSeverity: baseMetricV2.severity },
          ],
        }),
  };
}

function node({ operator, cpe_match: matches }) {
  return {
    operator,
    negate: false,
    cpeMatch: matches.map(({ vulnerable, cpe23Uri, ...limits }) => ({ vulnerable, criteria: cpe23Uri, ...limits })),
  };
}

function record({ cve, configurations, impact, publishedDate, lastModifiedDate }) {
  const descriptions = cve.description.description_data;
  const rejected = descriptions.some(({ value }) => value.startsWith('** REJECT **'));
  return {
    cve: {
      id: cve.CVE_data_meta.ID,
      sourceIdentifier: cve.CVE_data_meta.ASSIGNER,
      published: time(publishedDate),
      lastModified: time(lastModifiedDate),
      vulnStatus: rejected ? 'Rejected' : 'Analyzed',
      cveTags: [],
      descriptions,
      metrics: metrics(impact),
      weaknesses: cve.problemtype.problemtype_data.map(({ description }) => ({
        source: 'nvd@nist.gov',
        type: 'Primary',
        description,
      })),
      configurations: configurations.nodes.map((top) => ({
        ...(top.operator === 'AND' && { operator: 'AND' }),
        nodes: [top, ...(top.children ?? [])].filter(({ cpe_match: matches }) => matches.length > 0).map(node),
      })),
      references: cve.references.reference_data.map(({ url, tags }) => ({ url, source: 'nvd@nist.gov', tags })),
    },
  };
}

const [input, directory] = neededArguments(['nvdcve-1.1-<year>.json[.gz]', 'DIRECTORY']);
const year = /^nvdcve-1\.1-(\d{4})\.json/.exec(basename(input))?.[1];
if (year === undefined) {
  console.error(`${input} is not named nvdcve-1.1-<year>.json`);
  process.exit(2);
}
const bytes = readFileSync(input);
const old = JSON.parse((input.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
const vulnerabilities = old.CVE_Items.map(record);
const total = vulnerabilities.length;
const head = { resultsPerPage: total, startIndex: 0, totalResults: total, format: 'NVD_CVE', version: '2.0' };
const text = JSON.stringify({ ...head, timestamp: time(old.CVE_data_timestamp), vulnerabilities }, null, 2);
const packed = gzipSync(text);
mkdirSync(directory, { recursive: true });
writeFileSync(join(directory, `nvdcve-2.0-${year}.json.gz`), packed);
writeFileSync(
  join(directory, `nvdcve-2.0-${year}.meta`),
  [
    `lastModifiedDate:${time(old.CVE_data_timestamp).slice(0, 19)}+00:00`,
    `size:${Buffer.byteLength(text)}`,
    `zipSize:${packed.length}`,
    `gzSize:${packed.length}`,
    `sha256:${createHash('sha256').update(text).digest('hex').toUpperCase()}`,
    '',
  ].join('\r\n'),
);
console.error(`synthetic: ${total} records, ${Buffer.byteLength(text)} bytes`);
