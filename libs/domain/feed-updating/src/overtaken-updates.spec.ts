import { feedNamed, openssl, putAlpine, secdb } from '../testing/alpine-mirror';
import { updateHarness } from '../testing/update-harness';

// Two processes update one feed at the same time, from mirrors of different age.

const alpine = feedNamed('alpine-secdb');
const harness = updateHarness();
const document = 'v3.20/main.json';
const older = secdb({ openssl });
const newer = secdb({ openssl: { '3.3.3-r0': ['CVE-2026-0001'] } });

/** The store, in which another process updates the feed from `content` before the `call`-th call of a method. */
function overtaken(method: 'writeFeed' | 'putFeedState', call: number, [content, back]: readonly [string, string]) {
  const { store, server, update } = harness;
  let calls = 0;
  return {
    ...store,
    [method]: async (...values: readonly [never, never]) => {
      calls += 1;
      if (calls === call) {
        server.put(document, content);
        await update(alpine);
        server.put(document, back);
      }
      return store[method](...values);
    },
  };
}

const fixes = () => harness.fixedIn('alpine:v3.20', 'openssl');

test('an update that another one overtook compares again: its facts and its state belong together', async () => {
  putAlpine(harness.server);
  harness.server.put(document, secdb({ openssl: { '1': ['CVE-2020-0001'] } }));
  await harness.update(alpine);
  harness.server.put(document, older);
  const { finished } = await harness.update(alpine, { store: overtaken('writeFeed', 1, [newer, older]) });
  expect(finished.result).toBe('changed');
  expect(Object.keys(await fixes())).toEqual(['CVE-2023-5363', 'CVE-2023-5678']);
  harness.server.put(document, newer);
  expect((await harness.update(alpine)).finished.result).toBe('changed');
  expect(Object.keys(await fixes())).toEqual(['CVE-2026-0001']);
});

test('one without changes does not put its state over facts of another', async () => {
  putAlpine(harness.server);
  harness.server.put(document, older);
  await harness.update(alpine);
  // The first sees its mirror unchanged, and the second commits in between.
  await harness.update(alpine, { store: overtaken('putFeedState', 1, [newer, older]) });
  expect(Object.keys(await fixes())).toEqual(['CVE-2023-5363', 'CVE-2023-5678']);
  harness.server.put(document, newer);
  expect((await harness.update(alpine)).finished.result).toBe('changed');
  expect(Object.keys(await fixes())).toEqual(['CVE-2026-0001']);
});
