import { findingChanges } from '@clarion/model';
import type { clarionV1 } from '@clarion/proto';
import type { CompareRequest, HistoryUseCases } from '@clarion/use-cases';
import type { callsOf } from './calls';
import { FieldError } from './errors';
import {
  encodeComparison,
  encodeFindingTimeline,
  encodeRevision,
  encodeStep,
  encodeTagPeriod,
  encodeVulnerabilityTimeline,
} from './history-messages';
import { digest, optionalText, pageOf, text } from './requests';

/** The longest text of a time, and of a reference with one. */
const longestTime = 40;
const longestReference = 1100;

/** Handlers of `clarion.v1.HistoryService`. */
export function historyService(
  history: HistoryUseCases,
  call: ReturnType<typeof callsOf>,
): clarionV1.HistoryServiceServer {
  return {
    getImageTimeline: call.unary<clarionV1.GetImageTimelineRequest, clarionV1.GetImageTimelineResponse>(
      'reader',
      async (request, admitted) => {
        const of = digest('digest', request.digest);
        const { from, to } = request;
        const period = { ...optionalText('from', from, longestTime), ...optionalText('to', to, longestTime) };
        const found = await history.imageTimeline(of, { ...period, ...admitted }, pageOf(request));
        return {
          findings: found.items.map(encodeFindingTimeline),
          steps: (found.steps ?? []).map(encodeStep),
          from: found.from,
          to: found.to,
          knownSince: found.knownSince ?? undefined,
          historyFrom: found.historyFrom ?? undefined,
          indexedAt: found.indexedAt ?? undefined,
          deadlines: found.deadlines && { ...found.deadlines },
          next: found.next ?? '',
          completeFrom: found.completeFrom,
          incomplete: [...found.incomplete],
        };
      },
    ),
    getTagTimeline: call.unary<clarionV1.GetTagTimelineRequest, clarionV1.GetTagTimelineResponse>(
      'reader',
      async (request, admitted) => {
        const tag = { repository: text('repository', request.repository, 300), tag: text('tag', request.tag, 128) };
        const { items, knownSince, historyFrom, next = '' } = await history.tagTimeline(tag, pageOf(request), admitted);
        const bounds = { knownSince: knownSince ?? undefined, historyFrom: historyFrom ?? undefined };
        return { periods: items.map(encodeTagPeriod), ...bounds, next };
      },
    ),
    getVulnerabilityTimeline: call.unary<
      clarionV1.GetVulnerabilityTimelineRequest,
      clarionV1.GetVulnerabilityTimelineResponse
    >('reader', async (request, admitted) => {
      const id = text('id', request.id, 200);
      return encodeVulnerabilityTimeline(await history.vulnerabilityTimeline(id, pageOf(request), admitted));
    }),
    compareImages: call.unary<clarionV1.CompareImagesRequest, clarionV1.CompareImagesResponse>(
      'reader',
      async (request, admitted) => {
        const found = await history.compare(decodeComparison(request), pageOf(request), admitted);
        return encodeComparison(found);
      },
    ),
    listRevisions: call.unary<clarionV1.ListRevisionsRequest, clarionV1.ListRevisionsResponse>(
      'reader',
      async (request, { mayAlso }) => {
        const withNames = mayAlso('administrator');
        const feed = text('feed', request.feed, 100);
        const { items, next = '' } = await history.revisions(feed, pageOf(request), { withNames });
        return { revisions: items.map(encodeRevision), next };
      },
    ),
  };
}

function decodeComparison({ a, b, base, change }: clarionV1.CompareImagesRequest): CompareRequest {
  const only = findingChanges.find((one) => one === change);
  if (change !== undefined && only === undefined)
    throw new FieldError('change', `must be one of ${findingChanges.join(', ')}`);
  return {
    a: text('a', a, longestReference),
    b: text('b', b, longestReference),
    ...optionalText('base', base, longestReference),
    ...(only === undefined ? {} : { change: only }),
  };
}
