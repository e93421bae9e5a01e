import { misspeltMembers } from '@clarion/feed-sources';
import { jsonOf } from '@clarion/http-engine';
import { ownKey } from '@clarion/use-cases';
import {
  none,
  ownPage,
  ownRecord,
  ownRecordMembers,
  ownVulnerability,
  pageQuery,
  vulnerability,
  vulnerabilityPage,
  word,
} from '@clarion/rest-v1-contract';
import { z } from 'zod';
import { type AnyRoute, route } from '../route';
import { pageOf } from '../page-of';

const group = 'Vulnerabilities';
const ownGroup = 'Own vulnerabilities';
/** The key for reading; a key that was never written is not found. */
const writtenKey = z.strictObject({
  namespace: z.string().regex(ownKey.namespace, { error: 'must be such as debian:12' }),
  id: z.string().regex(ownKey.id, { error: 'has characters that no id has' }),
});
const key = z.strictObject({ namespace: word(100), id: word(200) });

/** Runs before the parser of own data: a misspelt member is reported before the member that is then missing. */
const speltRecord = z
  .preprocess((value, context) => {
    const record = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
    for (const { path, message } of misspeltMembers(record as Readonly<Record<string, unknown>>)) {
      context.issues.push({ code: 'custom', path: [...path], message, input: value });
    }
    return value;
  }, ownRecordMembers)
  .meta({ ...ownRecord.meta() });

const getVulnerability = route({
  method: 'get',
  path: '/vulnerabilities/{id}',
  operation: 'getVulnerability',
  group,
  about: 'Returns everything that feeds say about a vulnerability, by its id or an alias.',
  access: 'reader',
  params: z.strictObject({ id: word(200) }),
  query: z.strictObject({ ...pageQuery, package: word().optional(), namespace: word().optional() }),
  answers: { 200: { schema: vulnerability, about: 'With one page of advisories' } },
  async handle({ params: { id }, query }, { vulnerabilities }) {
    const { package: name, namespace } = query;
    const filter = {
      ...(name === undefined ? {} : { package: name }),
      ...(namespace === undefined ? {} : { namespace }),
    };
    return { status: 200, json: await vulnerabilities.get(id, filter, pageOf(query)) };
  },
});

const listVulnerabilities = route({
  method: 'get',
  path: '/vulnerabilities',
  operation: 'listVulnerabilities',
  group,
  about: 'Lists the vulnerabilities that feeds report for a package of a namespace, in any version.',
  access: 'reader',
  params: none,
  query: z.strictObject({
    ...pageQuery,
    package: word().describe('The name that feeds use, mostly that of the source package'),
    namespace: word().describe('`debian:12`'),
  }),
  answers: { 200: { schema: vulnerabilityPage, about: 'By id' } },
  async handle({ query }, { vulnerabilities }) {
    const { package: name, namespace } = query;
    return { status: 200, json: await vulnerabilities.list({ package: name, namespace }, pageOf(query)) };
  },
});

const listOwn = route({
  method: 'get',
  path: '/own-vulnerabilities',
  operation: 'listOwnVulnerabilities',
  group: ownGroup,
  about: 'Lists the own vulnerability records of this installation.',
  access: 'reader',
  params: none,
  query: z.strictObject(pageQuery),
  answers: { 200: { schema: ownPage, about: 'By namespace and id' } },
  handle: async ({ query }, { vulnerabilities }) => ({
    status: 200,
    json: await vulnerabilities.listOwn(pageOf(query)),
  }),
});

const getOwn = route({
  method: 'get',
  path: '/own-vulnerabilities/{namespace}/{id}',
  operation: 'getOwnVulnerability',
  group: ownGroup,
  about: 'Returns an own vulnerability record, as it is stored.',
  access: 'reader',
  params: key,
  query: none,
  answers: { 200: { schema: ownVulnerability, about: 'The record, as Clarion has read it' } },
  handle: async ({ params }, { vulnerabilities }) => ({ status: 200, json: await vulnerabilities.getOwn(params) }),
});

const putOwn = route({
  method: 'put',
  path: '/own-vulnerabilities/{namespace}/{id}',
  operation: 'putOwnVulnerability',
  group: ownGroup,
  about:
    'Creates or replaces an own vulnerability record: members of an OSV record. It overrides all feeds, survives their updates, and causes notifications as a feed does.',
  access: 'operator',
  params: writtenKey,
  query: none,
  bodies: { 'application/json': speltRecord },
  bounds: { bytes: 1024 ** 2, values: 20_000 },
  answers: {
    200: { schema: ownVulnerability, about: 'Replaced' },
    201: { schema: ownVulnerability, about: 'Created' },
  },
  async handle(request, { vulnerabilities }) {
    const { created } = await vulnerabilities.putOwn(request.params, jsonOf(request), { by: request.callerName });
    return { status: created ? 201 : 200, json: await vulnerabilities.getOwn(request.params) };
  },
});

const deleteOwn = route({
  method: 'delete',
  path: '/own-vulnerabilities/{namespace}/{id}',
  operation: 'deleteOwnVulnerability',
  group: ownGroup,
  about: 'Deletes an own vulnerability record; the feeds count again.',
  access: 'operator',
  params: key,
  query: none,
  answers: { 204: { about: 'Deleted' } },
  async handle({ params, callerName }, { vulnerabilities }) {
    await vulnerabilities.removeOwn(params, { by: callerName });
    return { status: 204 };
  },
});

export const vulnerabilityRoutes: readonly AnyRoute[] = [
  getVulnerability,
  listVulnerabilities,
  listOwn,
  getOwn,
  putOwn,
  deleteOwn,
];
