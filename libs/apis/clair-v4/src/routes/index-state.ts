import type { HttpAnswer } from '@clarion/http-engine';
import { clairTypes, negotiate } from '../accept';
import { detectorState, isUnchanged } from '../detector-state';
import { anyQuery, type ClairRoute, clairRoute, noParams } from '../route';

const types = clairTypes('index_state');

export const indexStateRoute: ClairRoute = clairRoute({
  method: 'get',
  path: '/indexer/api/v1/index_state',
  operation: 'getIndexState',
  access: 'reader',
  params: noParams,
  query: anyQuery,
  async handle({ headers }, { useCases: { images } }): Promise<HttpAnswer> {
    const mediaType = negotiate(headers.accept, types);
    const state = detectorState(await images.detectors());
    const tag = { etag: `"${state}"` };
    if (isUnchanged(headers['if-none-match'], state)) return { status: 304, headers: tag };
    return { status: 200, headers: tag, json: { state }, mediaType };
  },
});
