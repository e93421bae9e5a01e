import type { Role } from '@clarion/authentication';
import { type AnyHttpRoute, httpRoute } from '@clarion/http-engine';
import { z } from 'zod';
import type { HarborServices } from './harbor-services';
import { sentTypes } from './media-types';
import { metadataOf } from './metadata';

/** Harbor may add parameters in later versions. */
const anything = z.looseObject({});

const reader: Role = 'reader';

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

export const routes: readonly AnyHttpRoute<HarborServices, Role>[] = [metadata];
