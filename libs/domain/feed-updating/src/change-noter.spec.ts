import type { AdvisoryGroup, LoggedChange, VulnerabilityRecord } from '@clarion/model';
import { noteChanges } from './change-noter';

const groupOf = (name: string): AdvisoryGroup => ({
  ...{ namespace: 'debian:12', package: name, feed: 'debian', document: 'all', nameKind: 'source', scheme: 'dpkg' },
  advisories: [{ id: 'CVE-2026-0001', state: 'affected' }],
});
const scored = (score: number): VulnerabilityRecord => ({ feed: 'epss', id: 'CVE-2026-0001', epss: { score } });

async function noted(mostSilent: number, texts: readonly (readonly [VulnerabilityRecord, VulnerabilityRecord])[] = []) {
  const changes: LoggedChange[] = [];
  const notes = noteChanges({
    store: { advisories: () => Promise.resolve([]), vulnerabilities: () => Promise.resolve([]) } as never,
    writer: { putChange: (change) => Promise.resolve(void changes.push(change)) },
    update: 'u',
    epssThreshold: undefined,
    mostSilent,
  });
  for (const name of ['a', 'b', 'c']) await notes.group(groupOf(name), groupOf(name));
  for (const [before, text] of texts) await notes.texts.changed([{ text, before }]);
  await notes.end();
  return {
    silent: changes.filter(({ silent }) => silent === true).length,
    all: changes.length,
    whole: notes.isWhole(),
  };
}

describe('silent changes of one update', () => {
  test('are recorded up to a number; what has to be published is recorded in any case', async () => {
    expect(await noted(3)).toEqual({ silent: 3, all: 6, whole: true });
    expect(await noted(2)).toEqual({ silent: 2, all: 5, whole: false });
  });

  test('of scores do not count, but are left out once there are too many others', async () => {
    const change = [scored(0.1), scored(0.2)] as const;
    expect(await noted(3, [change, change])).toEqual({ silent: 5, all: 8, whole: true });
    expect(await noted(2, [change])).toEqual({ silent: 3, all: 6, whole: false });
  });
});
