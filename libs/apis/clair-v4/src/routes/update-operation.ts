import { HttpError } from '@clarion/http-engine';
import { ClarionError } from '@clarion/model';
import type { FeedUpdates } from '@clarion/use-cases';
import { z } from 'zod';
import { clairTypes, preferredType } from '../accept';
import { isUnchanged } from '../detector-state';
import { anyQuery, type ClairRoute, clairRoute } from '../route';

const path = '/matcher/api/v1/internal/update_operation';
const types = clairTypes('update_operations');
/** Clair keeps as many of each updater. */
export const retained = 10;
const [yes, no] = [
  new Set(['1', 't', 'T', 'TRUE', 'true', 'True']),
  new Set(['', '0', 'f', 'F', 'FALSE', 'false', 'False']),
];

const query = z.looseObject({ kind: z.string().max(100).optional(), latest: z.string().max(20).optional() });

/** An update of a feed, under Clair's names. */
interface UpdateOperation {
  readonly ref: string;
  readonly updater: string;
  readonly fingerprint: string;
  /** RFC 3339. */
  readonly date: string;
  readonly kind: 'vulnerability' | 'enrichment';
}

const getUpdateOperations = clairRoute({
  method: 'get',
  path,
  operation: 'getUpdateOperations',
  access: 'reader',
  params: z.strictObject({}),
  query,
  async handle({ query: { kind: named = '', latest = '' }, headers }, { useCases: { history } }) {
    const kind = kindOf(named);
    const limit = isYes(latest) ? 1 : retained;
    const all = await history.updates({ of: kind === 'vulnerability' ? 'advisories' : 'enrichments', limit });
    const newest = all.flatMap(({ updates: [first] }) => first?.update ?? []).reduce((a, b) => (a > b ? a : b), '');
    const tagged: Record<string, string> = newest === '' ? {} : { etag: `"${newest}"` };
    if (newest !== '' && isUnchanged(headers['if-none-match'], newest)) return { status: 304, headers: tagged };
    const json = Object.fromEntries(all.map((feed) => [feed.feed, operationsOf(feed, kind)]));
    return { status: 200, headers: tagged, json, mediaType: preferredType(headers.accept, types) };
  },
});

/** Revisions of feeds are the history that reports of the past are made from: only its retention removes them. */
const deleteUpdateOperation = clairRoute({
  method: 'delete',
  path: `${path}/{ref}`,
  operation: 'deleteUpdateOperation',
  access: 'operator',
  params: z.strictObject({ ref: z.string() }),
  query: anyQuery,
  handle() {
    const message = 'update operations are removed by the retention of the history, not one by one';
    return Promise.reject(new HttpError('method-not-allowed', message, { allow: '' }));
  },
});

/** The updates of a feed under Clair's names. */
export function operationsOf(
  { feed, updates }: FeedUpdates,
  kind: UpdateOperation['kind'],
): readonly UpdateOperation[] {
  return updates.map(({ update, at, revision }) => ({
    ...{ ref: update, updater: feed, fingerprint: revision ?? '', date: at, kind },
  }));
}

function kindOf(named: string): UpdateOperation['kind'] {
  if (named === '' || named === 'vulnerability') return 'vulnerability';
  if (named === 'enrichment') return named;
  throw new ClarionError('invalid-input', `unknown kind: ${JSON.stringify(named)}`);
}

function isYes(text: string): boolean {
  if (yes.has(text) || no.has(text)) return yes.has(text);
  throw new ClarionError('invalid-input', '"latest" query param is neither true nor false');
}

export const updateOperationRoutes: readonly ClairRoute[] = [getUpdateOperations, deleteUpdateOperation];
