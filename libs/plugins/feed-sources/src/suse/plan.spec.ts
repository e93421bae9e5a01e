import { createEgress } from '@clarion/egress';
import { ClarionError, type FeedState, type Upstream } from '@clarion/model';
import { plan } from './plan';

const get = (): Promise<never> => Promise.reject(new Error('not asked for'));
const listing = (...names: string[]): Upstream => ({ get, list: () => Promise.resolve(names) });
const failing = (code: 'not-found' | 'upstream-unavailable'): Upstream => ({
  get,
  list: () => Promise.reject(new ClarionError(code, 'no list')),
});

function stateOf(...documents: string[]): FeedState {
  return {
    feed: 'suse',
    parserVersion: 2,
    documents: Object.fromEntries(documents.map((name) => [name, { validators: {}, groups: 1, namespaces: [] }])),
    groups: 1,
    statements: 1,
    problems: 0,
    problemSamples: [],
  };
}

const updates = 'osv.tar.bz2';
const both = [updates, 'csaf-vex.tar.bz2'];

describe('plan of suse', () => {
  it.each<[string, Upstream, FeedState | undefined, readonly string[]]>([
    ['both archives', listing('csaf-vex.tar.bz2', 'osv.tar.bz2', 'oval/'), undefined, both],
    ['both of a mirror that packed them again', listing('csaf-vex.tar.xz', 'osv.tar.xz'), undefined, both],
    ['updates only of a mirror without VEX documents', listing(updates), undefined, [updates]],
    ['the same where the updates were read before', listing(updates), stateOf(updates), [updates]],
    // The folder of single documents is not the archive.
    ['the archive alone', listing('csaf-vex/', updates), undefined, [updates]],
    ['both where VEX documents were read once, and are gone', listing(updates), stateOf(...both), both],
    ['both of a server without an index page', failing('upstream-unavailable'), undefined, both],
    // Fetching the updates then shows what is wrong.
    ['updates of an empty mirror', listing(), undefined, [updates]],
  ])('is %s', async (_, upstream, last, expected) => {
    const missing = both.filter((name) => !expected.includes(name)).map((name) => ({ name }));
    expect(await plan(upstream, last)).toEqual({ documents: expected.map((name) => ({ name })), missing });
  });

  it('is both archives where the name of a mirror does not resolve', async () => {
    const resolve = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    const egress = createEgress({}, { resolve });
    const list = () => egress.request({ url: 'https://mirror.example/' }).then(() => []);
    expect(await plan({ get, list }, undefined)).toEqual({ documents: both.map((name) => ({ name })), missing: [] });
  });

  it('lets other failures through', async () => {
    await expect(plan(failing('not-found'), undefined)).rejects.toMatchObject({ code: 'not-found' });
  });
});
