import type { IncomingHttpHeaders } from 'node:http';
import { type HttpAnswer, jsonOf } from '@clarion/http-engine';
import { ClarionError, isDigest } from '@clarion/model';
import type { ImageView, UseCases } from '@clarion/use-cases';
import { z } from 'zod';
import { clairTypes, negotiate, preferredType } from '../accept';
import { prefixOf } from '../any-prefix';
import { detectorState, isUnchanged } from '../detector-state';
import { clairFormatIds } from '../formats';
import type { ClairIndexState } from '../formats/clair-report';
import { emptyIndexReport } from '../formats/render-reports';
import { digestOf, type Manifest, manifestSchema, submissionOf } from '../manifest';
import { renderedReport } from '../rendered-report';
import { anyQuery, type ClairRoute, clairRoute, digestRoute, errorWithCode, noParams, pathDigest } from '../route';

const path = '/indexer/api/v1/index_report';
const reportPath = '/matcher/api/v1/vulnerability_report';
const types = clairTypes('index_report');
const rels = 'https://projectquay.io/clair/v1';

/** As long as clients of Clair wait. */
const indexMillis = 600_000;

const postIndexReport = clairRoute({
  method: 'post',
  path,
  operation: 'index',
  access: 'scanner',
  params: noParams,
  query: anyQuery,
  // One client sends no media type, others send one of two.
  bodies: { '*': manifestSchema },
  // 512 layers with their headers, and signed addresses of up to 8 KiB.
  bounds: { bytes: 4 * 1024 ** 2, values: 40_000 },
  async handle(request, { useCases: { images }, takeSlot }) {
    const manifest = jsonOf(request) as Manifest;
    const { headers, url, caller, signal } = request;
    const digest = digestOf(manifest);
    const state = detectorState(await images.detectors());
    const { location, ...links } = linksOf(digest, { url, headers });
    if (isUnchanged(headers['if-none-match'], state) && (await isIndexed(digest, state, images))) {
      return { status: 412, headers: links };
    }
    const release = takeSlot();
    try {
      const submitted = await images.submit(submissionOf(manifest), { caller, signal });
      const isDone = submitted.state === 'indexed';
      const image = isDone ? undefined : await images.get(digest, { caller, signal, waitMillis: indexMillis });
      if (image !== undefined) requireIndexed(image);
      const report = await images.report(digest, { format: clairFormatIds.index, caller, signal });
      return renderedReport(report, {
        status: 201,
        headers: { ...links, etag: `"${state}"`, location },
        mediaType: preferredType(headers.accept, types),
      });
    } finally {
      release();
    }
  },
});

async function isIndexed(digest: string, state: string, images: UseCases['images']): Promise<boolean> {
  return (await stateOfImage(digest, images)) === state;
}

/** The state that an indexed image was indexed in; undefined for all others. */
async function stateOfImage(digest: string, images: UseCases['images']): Promise<string | undefined> {
  try {
    const detectors = await images.detectors(digest);
    return detectors === undefined ? undefined : detectorState(detectors);
  } catch (error) {
    errorWithCode(error, ['not-found']);
    return undefined;
  }
}

/** Throws for an image that is not indexed: as Clair, its caller gets an error and may read the report about it. */
function requireIndexed({ state, failure }: ImageView): void {
  if (state === 'indexed') return;
  if (state !== 'failed') {
    throw new ClarionError('upstream-unavailable', 'failed to start scan: the image is still being indexed');
  }
  const message = `failed to start scan: ${failure?.message ?? 'the image could not be indexed'}`;
  const isInvalid = failure?.code === 'corrupt-data' || failure?.code === 'invalid-input';
  throw isInvalid ? new ClarionError('invalid-input', message) : new ClarionError('corrupt-data', message);
}

interface Links {
  readonly location: string;
  readonly link: readonly [string, string];
}

/** Below the prefix of the request: clients keep validators by these paths. */
function linksOf(digest: string, of: { readonly url: string; readonly headers: IncomingHttpHeaders }): Links {
  const prefix = prefixOf(of.url, of.headers['x-forwarded-prefix']?.toString());
  const location = `${prefix}${path}/${digest}`;
  const link = (to: string, rel: string): string => `<${to}>; rel="${rels}/${rel}"`;
  const report = `${prefix}${reportPath}/${digest}`;
  return { location, link: [link(location, 'index_report'), link(report, 'vulnerability_report')] };
}

const bulk = z.array(z.string().max(200));

const deleteIndexReports = clairRoute({
  method: 'delete',
  path,
  operation: 'deleteIndexReports',
  access: 'administrator',
  params: noParams,
  query: anyQuery,
  bodies: { '*': bulk },
  bounds: { bytes: 1024 ** 2, values: 10_000 },
  async handle(request, { useCases: { images } }) {
    const digests = jsonOf(request) as z.output<typeof bulk>;
    if (!digests.every(isDigest)) {
      throw new ClarionError('invalid-input', 'failed to deserialize bulk delete: not all are digests');
    }
    const json: string[] = [];
    for (const digest of new Set(digests)) if (await remove(digest, images)) json.push(digest);
    return { status: 200, json };
  },
});

/** Whether it was known. */
async function remove(digest: string, images: UseCases['images']): Promise<boolean> {
  try {
    await images.remove(digest);
    return true;
  } catch (error) {
    errorWithCode(error, ['not-found']);
    return false;
  }
}

const deleteIndexReport = digestRoute(
  { method: 'delete', path: `${path}/{digest}`, operation: 'deleteIndexReport', access: 'administrator' },
  async (request, { useCases: { images } }) => {
    await remove(pathDigest(request), images);
    return { status: 204 };
  },
);

const getIndexReport = digestRoute(
  { method: 'get', path: `${path}/{digest}`, operation: 'getIndexReport', access: 'reader' },
  async (request, { useCases: { images } }): Promise<HttpAnswer> => {
    const digest = pathDigest(request);
    const { headers, caller, signal } = request;
    const mediaType = negotiate(headers.accept, types);
    const image = await images.get(digest).catch((error: unknown) => {
      errorWithCode(error, ['not-found']);
      throw new ClarionError('not-found', 'index report not found');
    });
    // The validator of an image that was indexed with other detectors is not that of now.
    const state = (await stateOfImage(digest, images)) ?? detectorState(await images.detectors());
    const tag = { etag: `"${state}"` };
    const unfinished = unfinishedState(image);
    if (unfinished !== undefined) {
      const json = emptyIndexReport(digest, unfinished, image.failure?.message ?? '');
      return { status: 200, ...(unfinished === 'IndexError' ? { headers: tag } : {}), json, mediaType };
    }
    if (isUnchanged(headers['if-none-match'], state)) return { status: 304, headers: tag };
    const report = await images.report(digest, { format: clairFormatIds.index, caller, signal });
    return renderedReport(report, { status: 200, headers: tag, mediaType });
  },
);

function unfinishedState({ state }: ImageView): ClairIndexState | undefined {
  switch (state) {
    case 'indexed':
      return undefined;
    case 'failed':
      return 'IndexError';
    case 'queued':
      return 'CheckManifest';
    case 'indexing':
      return 'ScanLayers';
  }
}

export const indexReportRoutes: readonly ClairRoute[] = [
  postIndexReport,
  deleteIndexReports,
  getIndexReport,
  deleteIndexReport,
];
