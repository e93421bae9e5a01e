import { type HttpAnswer, entityTagsOf } from '@clarion/http-engine';
import { reportFormats } from '@clarion/report-formats';
import { digest, layerList, none, packagePage, pageQuery, pastTime } from '@clarion/rest-v1-contract';
import { z } from 'zod';
import { boundsOf, historyHeaders } from '../history-headers';
import { type AnyRoute, route } from '../route';
import { pageOf } from '../page-of';

const group = 'Reports';
const params = z.strictObject({ digest });

const formats = reportFormats.map(({ id }) => id);
/** Of all formats, without parameters such as a version; that of the native report first. */
const mediaTypes = [
  ...new Set(['application/json', ...reportFormats.map(({ mediaType }) => mediaType.replace(/;.*/, ''))]),
];

const getReport = route({
  method: 'get',
  path: '/images/{digest}/report',
  operation: 'getReport',
  group,
  about:
    'Returns the report of an image as of now, or as it was known at a time. The `ETag` changes with the facts and the feeds: repeat the request with `If-None-Match`.',
  access: 'reader',
  params,
  query: z.strictObject({
    format: z.enum(formats).optional().describe('json (the native report) unless stated'),
    at: pastTime.optional().describe('As known then: RFC 3339, or a date, whose end counts; now unless stated'),
    suppressed: z.enum(['true', 'false']).optional().describe('Also list suppressed findings, each with its reason'),
  }),
  answers: {
    200: { mediaTypes, component: 'Report', about: 'The report', headers: historyHeaders },
    304: { about: 'The report has not changed' },
  },
  async handle(
    { params: { digest: of }, query: { format, suppressed, at }, headers, caller, signal },
    { images },
  ): Promise<HttpAnswer> {
    const notTag = entityTagsOf(headers['if-none-match']);
    const report = await images.report(of, {
      ...{ notTag, signal, caller, showSuppressed: suppressed === 'true' },
      ...(format === undefined ? {} : { format }),
      ...(at === undefined ? {} : { at }),
    });
    // Callers may cache it, and must revalidate before they use it again.
    const tagged = { etag: `"${report.tag}"`, 'cache-control': 'private, no-cache', ...boundsOf(report.history) };
    if (report.file !== undefined) {
      return { status: 200, headers: tagged, file: report.file, mediaType: report.mediaType };
    }
    if (report.body === undefined) return { status: 304, headers: tagged };
    return { status: 200, headers: tagged, encoded: report.body, mediaType: report.mediaType };
  },
});

const listPackages = route({
  method: 'get',
  path: '/images/{digest}/packages',
  operation: 'listPackages',
  group,
  about: 'Lists the packages of an image.',
  access: 'reader',
  params,
  query: z.strictObject(pageQuery),
  answers: { 200: { schema: packagePage, about: 'By namespace and name' } },
  handle: async ({ params: { digest: of }, query, caller, signal }, { images }) => ({
    status: 200,
    json: await images.packages(of, pageOf(query), { caller, signal }),
  }),
});

const listLayers = route({
  method: 'get',
  path: '/images/{digest}/layers',
  operation: 'listLayers',
  group,
  about: 'Lists the layers of an indexed image, and what could not be read in each.',
  access: 'reader',
  params,
  query: none,
  answers: { 200: { schema: layerList, about: 'Base first, all of them' } },
  handle: async ({ params: { digest: of }, caller, signal }, { images }) => ({
    status: 200,
    json: { items: await images.layers(of, { caller, signal }) },
  }),
});

export const reportRoutes: readonly AnyRoute[] = [getReport, listPackages, listLayers];
