import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { randomMoment } from '@clarion/test-kit';
import { open } from 'lmdb';

import { storesOfEachTest } from '../testing/each-test';
import { bundleStore, firstLine, kill, start } from '../testing/killable-process';
import { keysBelow } from './keys';

const limit = 500_000;
const kills = 8;

const here = storesOfEachTest();
let scratch: string;
let bundle: string;

beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'clarion-store-'));
  bundle = bundleStore(scratch);
});

afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

/** What the rows of the order say, and the names that have a result. */
async function rows() {
  const file = open<{ readonly bytes: number }, string>({
    path: path.join(here.directory, 'facts.mdb'),
    noSubdir: true,
    readOnly: true,
    pageSize: 8192,
  });
  const order = Array.from(file.getRange(keysBelow('result-order')), ({ value }) => value.bytes);
  const names = Array.from(file.getKeys(keysBelow('result')), (key) => key.slice(key.indexOf('\t') + 1));
  await file.close();
  return { results: order.length, bytes: order.reduce((sum, bytes) => sum + bytes, 0), names };
}

it('results are whole, and counted, when processes that put them are killed', async () => {
  let [checked, from] = [0, 0];
  for (let killed = 0; killed < kills; killed += 1, from += 1_000_000) {
    const writers = [0, 1].map((of) =>
      start('endless-results.cjs', bundle, here.directory, String(limit), String(from + of * 500_000)),
    );
    await Promise.all(writers.map((writer) => firstLine(writer)));
    await randomMoment(200);
    await Promise.all(writers.map(kill));
    const store = await here.open({ resultBytes: limit });
    const { names, ...size } = await rows();
    expect(await store.resultsSize()).toEqual(size);
    expect([size.bytes <= limit, size.results]).toEqual([true, names.length]);
    for (const name of names) {
      const text = Buffer.from((await store.result(name))!).toString();
      const n = Number(name.replace('name ', ''));
      expect(text === `${n} `.repeat(1 + ((n * 7919) % 5000))).toBe(true);
      checked += 1;
    }
    await store.close();
  }
  expect(checked).toBeGreaterThan(kills);
});
