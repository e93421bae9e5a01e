import { feedNamed, putAlpine } from '../testing/alpine-mirror';
import { updateHarness } from '../testing/update-harness';

// The validators, digests and counts of a bundle do not keep an update from reading the upstream.

const alpine = feedNamed('alpine-secdb');
const harness = updateHarness();
const { update, stateOf, stored } = harness;

async function importNothing(): Promise<void> {
  const state = await stateOf(alpine);
  if (state === undefined) throw new Error('Nothing was loaded');
  const writer = await harness.store.writeFeed(alpine.id);
  for (const document of Object.keys(state.documents)) {
    for await (const [key] of harness.store.groupHashes(alpine.id, document)) await writer.remove(key);
  }
  await writer.commit({ ...state, imported: true });
}

describe('the update after an import', () => {
  beforeEach(async () => {
    putAlpine(harness.server);
    await update(alpine);
    await importNothing();
  });

  it('reads every document whole, and restores what the import left out', async () => {
    expect(await stored('alpine:v3.20', 'openssl')).toEqual([]);
    expect((await update(alpine)).finished).toMatchObject({ result: 'changed', written: { groups: 4 } });
    expect(await stored('alpine:v3.20', 'openssl')).toHaveLength(1);
    expect(await stateOf(alpine)).not.toHaveProperty('imported');
    expect((await update(alpine)).finished).toMatchObject({ result: 'unchanged' });
  });

  it('reads them again as long as one of them fails', async () => {
    harness.server.fault('v3.20/main.json', { kind: 'cut', bytes: 40 });
    await update(alpine);
    expect(await stateOf(alpine)).toMatchObject({ imported: true });
    harness.server.fault('v3.20/main.json', undefined);
    await update(alpine);
    expect(await stored('alpine:v3.20', 'openssl')).toHaveLength(1);
    expect(await stateOf(alpine)).not.toHaveProperty('imported');
  });
});
