import type { FactChange, GroupChange, Store } from '@clarion/model';

import type { CurrentStore } from './store-under-test';
import { commitUpdate, groupChange, textChange, updateId } from './store-contract-history-facts';
import { collect, testChange } from './store-contract-service-facts';

const everything: ReadonlyMap<string, string> = new Map();
const names = Array.from({ length: 40 }, (_, n) => ['debian:12', `p${n}`] as const);
const ids = names.map(([, name]) => `CVE-${name}`);
const scored = Array.from({ length: 40 }, (_, n) => `CVE-2024-${1000 + n * 7}`);

/** Long iterations, while others write. */
export function describeHistoryIterations(current: CurrentStore): void {
  /** A change of each of many things. */
  const commitAll = async (store: Store, n: number) => {
    const changes = names.flatMap(([, name], index) => [
      testChange({ package: name, silent: true }),
      groupChange({ package: name }),
      textChange({ vulnerability: ids[index]!, silent: true }),
      textChange({ vulnerability: `x ${name}` }),
      scoreChange(scored[index]!, n),
    ]);
    await commitUpdate(store, 'feed-a', n, { changes });
  };

  describe('iterations over the log', () => {
    it('can be of thousands of changes', async () => {
      const { store } = current();
      const packages = Array.from({ length: 1300 }, (_, n) => `p${String(n).padStart(4, '0')}`);
      const changes = (vulnerability: string) => packages.map((name) => testChange({ package: name, vulnerability }));
      await commitUpdate(store, 'feed-a', 1, { changes: changes('CVE-1') });
      const vulnerabilities = packages.map((name) => testChange({ package: 'linux', vulnerability: name }));
      await commitUpdate(store, 'feed-a', 2, { changes: [...changes('CVE-1'), ...vulnerabilities] });
      const asked = packages.map((name) => ['debian:12', name] as const);
      const found = await collect(store.packageChanges(asked, everything));
      expect(new Set(found.map((one) => `${one.update} ${one.package}`)).size).toBe(2600);
      expect(found).toHaveLength(2600);
      const ofOne = await collect(store.packageChanges([['debian:12', 'linux']], everything));
      expect(new Set(ofOne.map((one) => ('vulnerability' in one ? one.vulnerability : '')))).toEqual(new Set(packages));
      expect(await collect(store.vulnerabilityChanges('CVE-1'))).toHaveLength(2600);
      const since = new Map([['feed-a', updateId(1)]]);
      expect(await collect(store.vulnerabilityChanges('CVE-1', since))).toHaveLength(1300);
    });

    it('have all changes of a package with many documents', async () => {
      const { store } = current();
      const documents = Array.from({ length: 400 }, (_, n) => `d${String(n).padStart(3, '0')}`);
      const groups = documents.map((document) => groupChange({ document }));
      // The batches of a store may end with a group, or with one of its advisories.
      const advisories = documents.slice(1).map((document) => testChange({ document, silent: true }));
      const second = documents.slice(0, 1).map((document) => testChange({ document, vulnerability: 'CVE-9' }));
      await commitUpdate(store, 'feed-a', 1, { changes: [...groups, ...advisories, ...second] });
      await commitUpdate(store, 'feed-a', 2, { changes: [...groups, ...advisories] });
      expect(await collect(store.packageChanges([['debian:12', 'openssl']], everything))).toHaveLength(1599);
      expect(await collect(store.groupChanges('debian:12', everything))).toHaveLength(800);
    });

    it('show a commit of another connection completely or not at all', async () => {
      const { store, reopen } = current();
      const other = await reopen();
      for (let n = 1; n <= 30; n += 1) await commitAll(store, n);
      const iterations: readonly (() => AsyncIterable<FactChange | GroupChange>)[] = [
        () => store.packageChanges(names, everything),
        () => store.groupChanges('debian:12', everything),
        () => store.textChanges(ids, everything),
        () => store.textChanges(scored, everything),
        () => store.vulnerabilityChanges('CVE-2024-0001'),
      ];
      let n = 30;
      for (const iterate of iterations) {
        const iterator = iterate()[Symbol.asyncIterator]();
        const first = await iterator.next();
        if (first.done === true) throw new Error('There are changes');
        n += 1;
        await commitAll(other, n);
        let seen = first.value.update === updateId(n) ? 1 : 0;
        for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
          if (next.value.update === updateId(n)) seen += 1;
        }
        const later = (await collect(iterate())).filter(({ update }) => update === updateId(n)).length;
        expect(later).toBeGreaterThan(0);
        expect([0, later]).toContain(seen);
      }
      await other.close();
    });

    it('can be left early', async () => {
      const { store } = current();
      await commitAll(store, 1);
      for (let turn = 0; turn < 20; turn += 1) {
        for await (const change of store.packageChanges(names, everything)) {
          expect(change.update).toBe(updateId(1));
          break;
        }
      }
      await commitAll(store, 2);
      expect(await collect(store.packageChanges(names, everything))).toHaveLength(names.length * 4);
    });
  });
}

function scoreChange(id: string, n: number) {
  const score = (value: number) => ({ feed: 'feed-a', id, epss: { score: value / 100 } });
  return textChange({ vulnerability: id, silent: true, before: score(n - 1), after: score(n) });
}
