import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configuredFeeds } from '@clarion/feed-sources';
import { openEmbeddedStore } from '@clarion/store-embedded';
import type { CommandContext } from './command-context';
import type { Progress } from './progress';
import { refreshFeeds, scanFeeds } from './scan-feeds';

describe('refreshFeeds', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clarion-scan-feeds-'));
  const directory = join(folder, 'db');
  const advisories = join(folder, 'advisories');
  const own = configuredFeeds({ feeds: { own: [{ id: 'acme', format: 'osv', from: advisories }] } }).filter(
    (feed) => feed.own === true,
  );
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** Refreshes own data in a writable or a read-only store. Resolves to the warnings and the advisories stored then. */
  async function refresh(readOnly: boolean): Promise<{ warnings: readonly string[]; counts: readonly number[] }> {
    const warnings: string[] = [];
    const progress: Progress = {
      phase: () => ({ advance: () => undefined, report: () => undefined, end: () => undefined }),
      warn: (text) => warnings.push(text),
      close: () => undefined,
    };
    const { signal } = new AbortController();
    const store = await openEmbeddedStore({ directory, readOnly });
    const facts: CommandContext = { store, readOnly: store.readOnly, directory, progress, signal };
    await refreshFeeds(own, scanFeeds({ offline: true }, signal), facts);
    const counts = (await store.feedStates()).map((state) => state.statements);
    await store.close();
    return { warnings, counts };
  }

  function write(...ids: readonly string[]): void {
    mkdirSync(advisories, { recursive: true });
    const affected = [{ package: { ecosystem: 'Debian:12', name: 'zlib' }, versions: ['1'] }];
    for (const id of ids) writeFileSync(join(advisories, `${id}.json`), JSON.stringify({ id, affected }));
  }

  it('uses own data as stored where the store is read-only, and reports what was not refreshed', async () => {
    write('ACME-1');
    expect(await refresh(false)).toEqual({ warnings: [], counts: [1] });
    write('ACME-1', 'ACME-2');
    expect(await refresh(true)).toEqual({
      warnings: [`${directory} cannot be written: acme not refreshed, used as stored`],
      counts: [1],
    });
    expect(await refresh(false)).toEqual({ warnings: [], counts: [2] });
  });
});
