import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import type { ImageInventory, RenderedText, RenderStyle, Report, ReportFormat } from '@clarion/model';

import { reportFormats } from './index';

// The contract of every report format, checked for each folder.

/** Facts that every format renders; a format's own testdata holds what it must make of them. */
const factsFolder = path.join(__dirname, 'testdata');
const cases = readdirSync(factsFolder).map((name) => name.replace('.json', ''));

const folders = readdirSync(__dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'testdata')
  .map(({ name }) => name);

/** Set to write what the formats make as the new expectation; the difference is then reviewed like code. */
const update = process.env['UPDATE_EXPECTED'] === '1';

const plain: RenderStyle = { colour: false, width: 120, listPackages: true };

function facts(name: string): Report {
  return JSON.parse(readFileSync(path.join(factsFolder, `${name}.json`), 'utf8')) as Report;
}

function inventoryOf({ findings, coverage, summary, ...inventory }: Report): ImageInventory {
  expect([findings, coverage, summary]).not.toContain(undefined);
  return inventory;
}

function textOf(pieces: RenderedText): string {
  return [...pieces].join('');
}

/** What a format makes of the facts `name`, by kind. */
async function rendered(format: ReportFormat, name: string, style = plain): Promise<Map<string, string>> {
  const outputs = new Map<string, string>();
  if (format.report) outputs.set('report', textOf(await format.report(facts(name), style)));
  if (format.inventory) outputs.set('inventory', textOf(await format.inventory(inventoryOf(facts(name)), style)));
  return outputs;
}

describe('report formats', () => {
  it('are exactly the existing folders, sorted by id', () => {
    expect(reportFormats.map(({ id }) => id)).toEqual([...folders].sort());
  });

  it.each(folders)('%s has a readme, a spec and testdata', (folder) => {
    for (const file of ['readme.md', `${folder}.spec.ts`, 'testdata', 'index.ts']) {
      expect({ file, exists: existsSync(path.join(__dirname, folder, file)) }).toEqual({ file, exists: true });
    }
  });

  it.each(reportFormats)('$id says what it is and renders something', (format) => {
    expect(format.title).not.toBe('');
    expect(format.mediaType).toMatch(/^[a-z]+\/[a-z0-9.+-]+/);
    expect(format.report ?? format.inventory).toBeDefined();
  });

  describe.each(reportFormats)('$id', (format) => {
    it.each(cases)('renders %s as its testdata says', async (name) => {
      for (const [kind, text] of await rendered(format, name)) {
        const file = path.join(__dirname, format.id, 'testdata', `${name}.${kind}.txt`);
        if (update) writeFileSync(file, text);
        expect(text).toBe(readFileSync(file, 'utf8'));
      }
    });

    it.each(cases)('renders %s the same again, whatever the terminal and the order of keys', async (name) => {
      const first = await rendered(format, name);
      const reversed = JSON.parse(JSON.stringify(facts(name)), (_, value: unknown) =>
        typeof value === 'object' && value !== null && !Array.isArray(value)
          ? Object.fromEntries(Object.entries(value).reverse())
          : value,
      ) as Report;
      if (format.report) expect(textOf(await format.report(reversed, plain))).toBe(first.get('report'));
      if (format.inventory) {
        expect(textOf(await format.inventory(inventoryOf(reversed), plain))).toBe(first.get('inventory'));
      }
    });

    it.each([
      [40, false],
      [80, true],
      [120, false],
      [undefined, true],
    ])('sends no control characters of untrusted text to the terminal (width %p, colour %p)', async (width, colour) => {
      const style = { colour, width, listPackages: true };
      for (const text of (await rendered(format, 'hostile', style)).values()) {
        const own = text.replace(/\u001b\[(?:1|2|22|3[1-6]|39)m/g, '');
        // Colour codes are removed only where colours are requested: otherwise the output must not have them either.
        const checked = colour ? own : text;
        expect(checked).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u);
        expect(text.endsWith('\n')).toBe(true);
      }
    });
  });
});
