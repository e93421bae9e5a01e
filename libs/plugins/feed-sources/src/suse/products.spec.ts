import { createReadStream, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { sharedMaterial } from '@clarion/test-kit';
import { productNamed, productOf, type SuseProduct } from './products';

/** `ecosystem | namespaces | channel | installed product`, one line each: every ecosystem of two years of real records. */
const lines = readFileSync(path.join(__dirname, 'testdata/products.txt'), 'utf8').trimEnd().split('\n');

function lineOf(ecosystem: string, product: SuseProduct | string = productOf(ecosystem) ?? 'unknown'): string {
  if (typeof product === 'string') return `${ecosystem} | ${product}`;
  const { namespaces, channel = '-', installedProduct = '-' } = product;
  return [ecosystem, namespaces.join(' '), channel, installedProduct].join(' | ');
}

describe('products of suse', () => {
  it.each(lines)('%s', (line) => {
    expect(lineOf(line.slice(0, line.indexOf(' | ')))).toBe(line);
  });

  it('are themselves the releases that they cover; channels, modules and other products are not', () => {
    const ofReleases = lines
      .map((line) => line.slice(0, line.indexOf(' | ')))
      .filter((ecosystem) => {
        const product = productOf(ecosystem);
        return typeof product === 'object' && product.release === true;
      });
    expect(ofReleases).toEqual([
      ...['5.1', '5.2', '5.3', '5.4', '5.5'].map((version) => `SUSE:Linux Enterprise Micro ${version}`),
      ...['SP4', 'SP5', 'SP6'].map((servicePack) => `SUSE:Linux Enterprise Module for Basesystem 15 ${servicePack}`),
      'SUSE:Linux Enterprise Server 12 SP5',
      ...['15.4', '15.5', '15.6'].map((version) => `openSUSE:Leap ${version}`),
      ...['5.3', '5.4', '5.5'].map((version) => `openSUSE:Leap Micro ${version}`),
      'openSUSE:Tumbleweed',
    ]);
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
    ['SUSE Linux Enterprise Server 15 SP5', 'sles:15.5 | - | -'],
    ['SUSE Linux Enterprise Server 15-LTSS', 'sles:15 | ltss | -'],
    ['SUSE Linux Enterprise Server 11 SP4 LTSS', 'sles:11.4 | ltss | -'],
    ['SUSE Linux Enterprise Server 11 SP4 LTSS EXTREME CORE', 'sles:11.4 | ltss | SLES-LTSS-Extreme-Core'],
    ['SUSE Linux Enterprise Server 12 SP5-LTSS Extended Security', 'sles:12.5 | ltss | SLES-LTSS-Extended-Security'],
    ['SUSE Linux Enterprise Server 11-SECURITY', 'sles:11 | security | -'],
    ['SUSE Linux Enterprise Server Teradata 12 SP3-LTSS', 'sles:12.3 | teradata | -'],
    ['SUSE Linux Enterprise Server 11 SP1 for Teradata', 'sles:11.1 | teradata | -'],
    ['SUSE Linux Enterprise Desktop 15 SP4-LTSS', 'sles:15.4 | ltss | -'],
    ['SUSE Linux Enterprise Module for Basesystem 15 SP5', 'sles:15.5 | - | -'],
    ['SUSE Linux Enterprise Module for Python 3 15 SP5', 'sles:15.5 | - | -'],
    ['SUSE Package Hub for SUSE Linux Enterprise 12 SP1', 'sles:12.1 | - | -'],
    ['SUSE Linux Enterprise Real Time Extension 11 SP4', 'sles:11.4 | - | SLE_RT'],
    ['SUSE Linux Enterprise Micro 5.5', 'sle-micro:5.5 | - | -'],
    // The name of before the release, with the CPE of the product of today.
    ['SUSE Linux Enterprise Micro 6.0', 'sl-micro:6.0 | - | -'],
    ['SUSE Linux Micro 6.1', 'sl-micro:6.1 | - | -'],
    ['SUSE CaaS Platform 4.0', 'sles:15.1 | - | caasp'],
    ['SUSE Manager Server Module 4.3', 'sles:15.4 | - | SUSE-Manager-Server'],
    ['openSUSE Leap 15.6', 'opensuse-leap:15.6 | - | -'],
    ['openSUSE Leap Micro 5.4', 'opensuse-leap-micro:5.4 | - | -'],
    ['openSUSE Tumbleweed', 'opensuse-tumbleweed | - | -'],
    ['SUSE Liberty Linux 9', 'foreign'],
    ['Container bci/bci-init:15.6', 'foreign'],
    ['Image SLES15-SP6-BYOS-Azure', 'foreign'],
    ['chost', 'foreign'],
    ['SUSE CaaS Platform 3.0', 'unknown'],
    ['SUSE Linux Enterprise Tomorrow 27', 'unknown'],
    ['SUSE:Linux Enterprise Server 15 SP5', 'unknown'],
    ['openSUSE', 'unknown'],
    ['', 'unknown'],
    ['Containers', 'unknown'],
  ])('product %s: %s', (name, expected) => {
    expect(lineOf(name, productNamed(name) ?? 'unknown')).toBe(`${name} | ${expected}`);
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
  }, 300_000);
});
