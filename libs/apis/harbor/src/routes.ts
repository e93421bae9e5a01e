import type { Role } from '@clarion/authentication';
import { type AnyHttpRoute, httpRoute, jsonOf } from '@clarion/http-engine';
import { z } from 'zod';
import type { HarborServices } from './harbor-services';
import { mediaTypes, sentTypes } from './media-types';
import { metadataOf } from './metadata';
import { pollScan } from './poll-scan';
import { reportKind } from './report-kind';
import { newScan, scanIdOf } from './scan-id';
import { acceptedRequest, scanRequest, type ScanRequestBody } from './scan-request';

/** Harbor may add parameters in later versions. */
const anything = z.looseObject({});

const reader: Role = 'reader';
const scanner: Role = 'scanner';

const metadata = httpRoute({
  method: 'get',
  path: '/metadata',
  operation: 'getMetadata',
  access: reader,
  params: anything,
  query: anything,
  handle: async (_request, services: HarborServices) => ({
    status: 200,
    json: await metadataOf(services),
    mediaType: sentTypes.metadata,
  }),
});

const scan = httpRoute({
  method: 'post',
  path: '/scan',
  operation: 'acceptScanRequest',
  access: scanner,
  params: anything,
  query: anything,
  bodies: { [mediaTypes.scanRequest]: scanRequest, 'application/json': scanRequest },
  handle(request, { scans, now, process }: HarborServices) {
    const accepted = acceptedRequest(jsonOf(request) as ScanRequestBody);
    const id = scanIdOf(newScan(accepted.artifact, now().getTime(), process));
    scans.accept(id, accepted, request.caller);
    return Promise.resolve({ status: 202, json: { id }, mediaType: sentTypes.scanResponse });
  },
});

const report = httpRoute({
  method: 'get',
  path: '/scan/{id}/report',
  operation: 'getScanReport',
  access: reader,
  params: z.looseObject({ id: z.string() }),
  query: z.looseObject({ sbom_media_type: z.string().max(256).optional() }),
  handle({ params: { id }, query, headers, caller, signal }, services: HarborServices) {
    const kind = reportKind(headers.accept, query.sbom_media_type);
    return pollScan({ id, kind }, services, { caller, signal });
  },
});

export const routes: readonly AnyHttpRoute<HarborServices, Role>[] = [metadata, scan, report];
