import { createReadStream, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { sharedMaterial } from '@clarion/test-kit';
import { productOf } from './products';

/** `ecosystem | namespaces | channel | origin`, one line each: every ecosystem of two years of real records. */
const lines = readFileSync(path.join(__dirname, 'testdata/products.txt'), 'utf8').trimEnd().split('\n');

function lineOf(ecosystem: string): string {
  const product = productOf(ecosystem);
  if (product === undefined || product === 'foreign') return `${ecosystem} | ${product ?? 'unknown'}`;
  const { namespaces, channel = '-', origin = '-' } = product;
  return [ecosystem, namespaces.join(' '), channel, origin].join(' | ');
}

describe('products of suse', () => {
  it.each(lines)('%s', (line) => {
    expect(lineOf(line.slice(0, line.indexOf(' | ')))).toBe(line);
  });

  it.each([
    ['SUSE:Linux Enterprise Server 16.0', 'sles:16.0 | - | -'],
    ['SUSE:Linux Enterprise Server for SAP applications 16.0', 'sles:16.0 | - | SLES_SAP'],
    ['SUSE:Linux Enterprise Server 15', 'sles:15 | - | -'],
    ['SUSE:Linux Enterprise Server 12 SP2-BCL', 'sles:12.2 | bcl | -'],
    ['SUSE:Linux Enterprise Server for SAP Applications 15 SP2-ESPOS', 'sles:15.2 | espos | SLES_SAP'],
    ['SUSE:Linux Enterprise Desktop 15 SP7', 'sles:15.7 | - | -'],
    ['SUSE:Linux Enterprise Module for Systems Management 15 SP7', 'sles:15.7 | - | -'],
    ['SUSE:Linux Enterprise Micro for Rancher 5.4', 'sle-micro:5.4 | - | -'],
    ['SUSE:Linux Micro 6.1', 'sl-micro:6.1 | - | -'],
    ['SUSE:Linux Micro Extras 6.0', 'sl-micro:6.0 | - | -'],
    ['openSUSE:Leap 16.0', 'opensuse-leap:16.0 | - | -'],
    ['openSUSE:Leap 42.3', 'opensuse-leap:42.3 | - | -'],
    ['openSUSE:13.2', 'opensuse:13.2 | - | -'],
  ])('%s: %s', (ecosystem, expected) => {
    expect(lineOf(ecosystem)).toBe(`${ecosystem} | ${expected}`);
  });

  it.each([
    '',
    'SUSE',
    'SUSE:',
    'SUSE:Linux Enterprise Server',
    'SUSE:Linux Enterprise Server 15 SP4-LTSSX',
    'SUSE:Linux Enterprise Tomorrow 27',
    'SUSE:Enterprise Storage 99',
    'openSUSE:Leap',
    'Debian:12',
    `SUSE:Linux Enterprise Module for ${'x '.repeat(50_000)}15 SP5`,
  ])('does not know %.60s', (ecosystem) => {
    expect(productOf(ecosystem)).toBeUndefined();
  });
});

const sample = sharedMaterial('feeds', 'suse', 'osv-2024-2025.ndjson.gz');

(sample === undefined ? describe.skip : describe)('ecosystems of real records (shared/feeds/suse)', () => {
  it('are those of the table', async () => {
    const found = new Set<string>();
    const records = createInterface({
      input: createReadStream(sample ?? '').pipe(createGunzip()),
      crlfDelay: Infinity,
    });
    for await (const line of records) {
      for (const [, ecosystem] of line.matchAll(/"ecosystem":"([^"\\]{1,200})"/g)) found.add(ecosystem ?? '');
    }
    expect(found.size).toBe(136);
    expect([...found].sort().map((ecosystem) => lineOf(ecosystem))).toEqual(lines);
  }, 60_000);
});
