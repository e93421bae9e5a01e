import {
  comparison,
  digest,
  findingChange,
  imageTimeline,
  none,
  pageQuery,
  pastTime,
  revisionPage,
  tagTimeline,
  vulnerabilityTimeline,
  word,
} from '@clarion/rest-v1-contract';
import { z } from 'zod';
import { boundsOf, historyHeaders } from '../history-headers';
import { pageOf } from '../page-of';
import { type AnyRoute, route } from '../route';

const group = 'History';

const timelineHeaders = {
  ...historyHeaders,
  'Clarion-Complete-From': 'As `completeFrom`: less is said of what was before',
};

const getImageTimeline = route({
  method: 'get',
  path: '/images/{digest}/timeline',
  operation: 'getImageTimeline',
  group,
  about:
    'Returns every finding that an image had in a period: since when and until when, why it appeared or is gone, and with which state, fix and severity.',
  access: 'reader',
  params: z.strictObject({ digest }),
  query: z.strictObject({ ...pageQuery, from: pastTime.optional(), to: pastTime.optional() }),
  answers: { 200: { schema: imageTimeline, about: 'By the time when they appeared', headers: timelineHeaders } },
  async handle({ params: { digest: of }, query, caller, signal }, { history }) {
    const { from, to } = query;
    const period = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    const json = await history.imageTimeline(of, { ...period, caller, signal }, pageOf(query));
    return { status: 200, headers: { ...boundsOf(json), 'clarion-complete-from': json.completeFrom }, json };
  },
});

const getTagTimeline = route({
  method: 'get',
  path: '/repositories/{name}/tags/{tag}/timeline',
  operation: 'getTagTimeline',
  group,
  about:
    'Returns the images that a tag named, each with its difference to the one before it, and what changed in the data about it. Slashes in the name of the repository are percent-encoded.',
  access: 'reader',
  params: z.strictObject({ name: word(300).describe('`registry.example%2Fteam%2Fapp`'), tag: word(128) }),
  query: z.strictObject(pageQuery),
  answers: { 200: { schema: tagTimeline, about: 'Newest first, at most twenty at once' } },
  handle: async ({ params: { name, tag }, query, caller, signal }, { history }) => ({
    status: 200,
    json: await history.tagTimeline({ repository: name, tag }, pageOf(query), { caller, signal }),
  }),
});

const getVulnerabilityTimeline = route({
  method: 'get',
  path: '/vulnerabilities/{id}/timeline',
  operation: 'getVulnerabilityTimeline',
  group,
  about:
    'Returns what feeds changed about a vulnerability, with their data before and after. Scores that change every day are left out.',
  access: 'reader',
  params: z.strictObject({ id: word(200) }),
  query: z.strictObject(pageQuery),
  answers: { 200: { schema: vulnerabilityTimeline, about: 'Newest first' } },
  handle: async ({ params: { id }, query, caller, signal }, { history }) => ({
    status: 200,
    json: await history.vulnerabilityTimeline(id, pageOf(query), { caller, signal }),
  }),
});

const named = '`REF` or `REF@TIME`: a digest, or a tag, which means the image that it named at that time';

const compareImages = route({
  method: 'get',
  path: '/compare',
  operation: 'compareImages',
  group,
  about:
    'Compares the findings of two images, two tags, or one image at two times: added, changed, gone, unchanged, each with its cause. Each side says whether its report is complete.',
  access: 'reader',
  params: none,
  query: z.strictObject({
    ...pageQuery,
    a: word(1100).describe(named),
    b: word(1100).describe(named),
    base: word(1100)
      .optional()
      .describe('Their base image; unless stated, the layers up to the one that brings the distribution'),
    change: findingChange.optional().describe('Only these'),
  }),
  answers: {
    200: {
      schema: comparison,
      about: 'Added ones first, then changed ones, gone ones and those that are the same; by severity',
      headers: historyHeaders,
    },
  },
  async handle({ query, caller, signal }, { history }) {
    const { a, b, base, change } = query;
    const request = { a, b, ...(base === undefined ? {} : { base }), ...(change === undefined ? {} : { change }) };
    const found = await history.compare(request, pageOf(query), { caller, signal });
    const { historyFrom } = found;
    // Where nothing is known of a side, nothing is known of the comparison.
    const times = [found.a.knownSince, found.b.knownSince];
    const knownSince = times.includes(null)
      ? null
      : (times
          .flatMap((time) => time ?? [])
          .sort()
          .at(-1) ?? null);
    return { status: 200, headers: boundsOf({ knownSince, historyFrom }), json: found };
  },
});

const listRevisions = route({
  method: 'get',
  path: '/feeds/{id}/revisions',
  operation: 'listFeedRevisions',
  group,
  about: 'Lists the commits of a feed: from each one on its facts were others.',
  access: 'reader',
  params: z.strictObject({ id: word(100) }),
  query: z.strictObject(pageQuery),
  answers: { 200: { schema: revisionPage, about: 'Newest first' } },
  handle: async ({ params: { id }, query, mayAlso }, { history }) => ({
    status: 200,
    json: await history.revisions(id, pageOf(query), { withNames: mayAlso('administrator') }),
  }),
});

export const historyRoutes: readonly AnyRoute[] = [
  getImageTimeline,
  getTagTimeline,
  getVulnerabilityTimeline,
  compareImages,
  listRevisions,
];
