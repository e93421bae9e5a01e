import { ClarionError } from '@clarion/model';
import { z } from 'zod';
import { clairTypes, preferredType } from '../accept';
import { changedVulnerability } from '../formats/changed-vulnerability';
import { type ClairRoute, clairRoute, noParams } from '../route';
import { operationsOf, retained } from './update-operation';

const types = clairTypes('update_diff');
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const query = z.looseObject({ cur: z.string().max(100).optional(), prev: z.string().max(100).optional() });

export const updateDiffRoute: ClairRoute = clairRoute({
  method: 'get',
  path: '/matcher/api/v1/internal/update_diff',
  operation: 'getUpdateDiff',
  access: 'reader',
  params: noParams,
  query,
  async handle({ query: { cur, prev }, headers }, { useCases: { history } }) {
    const to = updateOf('cur', cur);
    if (prev === undefined || prev === '') {
      throw new ClarionError('limit-exceeded', 'without "prev" all vulnerabilities of an updater would be added', {
        remedy: 'state an earlier update operation',
      });
    }
    const from = updateOf('prev', prev);
    const { feed, added, removed } = await history.difference({ from, to });
    const known = await history.updates({ of: 'advisories', limit: retained });
    const operations = known.filter((one) => one.feed === feed).flatMap((one) => operationsOf(one, 'vulnerability'));
    const operation = (ref: string): object =>
      operations.find((one) => one.ref === ref) ?? {
        ref,
        updater: feed,
        fingerprint: '',
        date: '0001-01-01T00:00:00Z',
        kind: 'vulnerability',
      };
    const json = {
      ...{ prev: operation(from), cur: operation(to) },
      added: added.map((one) => changedVulnerability(one, feed)),
      removed: removed.map((one) => changedVulnerability(one, feed)),
    };
    return { status: 200, json, mediaType: preferredType(headers.accept, types) };
  },
});

function updateOf(name: string, value: string | undefined): string {
  if (value === undefined || value === '') throw new ClarionError('invalid-input', `"${name}" query param is required`);
  if (uuid.test(value)) return value.toLowerCase();
  throw new ClarionError('invalid-input', `"${name}" query param is not a uuid`);
}
