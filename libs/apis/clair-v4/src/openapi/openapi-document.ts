import { schemas } from './openapi-schemas';

type Json = Readonly<Record<string, unknown>>;

const indexer = '/indexer/api/v1';
const matcher = '/matcher/api/v1';
const notifier = '/notifier/api/v1';

const digestParameter = {
  name: 'digest',
  in: 'path',
  required: true,
  description: 'Digest of a manifest',
  schema: { $ref: '#/components/schemas/digest' },
};

/** Documents in Clair's own type and in plain JSON. */
function content(schema: string): Json {
  const described = { schema: { $ref: `#/components/schemas/${schema}` } };
  return { [`application/vnd.clair.${schema}.v1+json`]: described, 'application/json': described };
}

function answer(description: string, schema?: string): Json {
  return { description, ...(schema === undefined ? {} : { content: content(schema) }) };
}

const error = {
  description: 'The request failed',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/error' } } },
};
const failures = (...statuses: readonly number[]): Json =>
  Object.fromEntries([401, ...statuses].map((status) => [String(status), error]));

const paths: Json = {
  [`${indexer}/index_report`]: {
    post: {
      operationId: 'index',
      summary: 'Indexes an image, and answers when that is done',
      requestBody: { required: true, content: { 'application/json': ref('manifest') } },
      responses: {
        201: answer('What was found in its layers', 'index_report'),
        412: answer('The image is indexed with the detectors of `If-None-Match`'),
        ...failures(400, 413, 429, 500),
      },
    },
    delete: {
      operationId: 'deleteIndexReports',
      summary: 'Deletes images',
      requestBody: { required: true, content: { 'application/json': ref('digests') } },
      responses: {
        200: { description: 'Those that were deleted', content: { 'application/json': ref('digests') } },
        ...failures(400, 500),
      },
    },
  },
  [`${indexer}/index_report/{digest}`]: {
    parameters: [digestParameter],
    get: {
      operationId: 'getIndexReport',
      summary: 'What was found in the layers of an image',
      responses: {
        200: answer('The report', 'index_report'),
        304: answer('The detectors have not changed'),
        ...failures(400, 404, 415, 500),
      },
    },
    delete: {
      operationId: 'deleteIndexReport',
      summary: 'Deletes an image',
      responses: { 204: answer('It is not there (any more)'), ...failures(400, 500) },
    },
  },
  [`${indexer}/index_state`]: {
    get: {
      operationId: 'getIndexState',
      summary: 'Names the detectors and their versions: images should be indexed again when it changes',
      responses: {
        200: answer('The state', 'index_state'),
        304: answer('It has not changed'),
        ...failures(415, 500),
      },
    },
  },
  [`${indexer}/internal/affected_manifest/`]: {
    post: {
      operationId: 'findAffectedManifests',
      summary: 'The images that have vulnerabilities of these names now',
      requestBody: { required: true, content: { 'application/json': ref('vulnerabilities') } },
      responses: { 200: answer('Vulnerabilities by image', 'affected_manifests'), ...failures(400, 415, 500, 503) },
    },
  },
  [`${matcher}/vulnerability_report/{digest}`]: {
    parameters: [digestParameter],
    get: {
      operationId: 'getVulnerabilityReport',
      summary: 'The vulnerabilities of an image that is indexed',
      responses: {
        200: answer('The report', 'vulnerability_report'),
        202: answer('The feeds about it are not loaded yet: ask again after `Retry-After`'),
        ...failures(400, 404, 500),
      },
    },
  },
  [`${matcher}/internal/update_operation`]: {
    get: {
      operationId: 'getUpdateOperations',
      summary: 'The last updates of each feed, newest first',
      parameters: [
        { name: 'kind', in: 'query', schema: { enum: ['vulnerability', 'enrichment'] } },
        { name: 'latest', in: 'query', description: 'Only the last one of each', schema: { type: 'boolean' } },
      ],
      responses: {
        200: answer('Operations by feed', 'update_operations'),
        304: answer('There is no later one'),
        ...failures(400, 500),
      },
    },
  },
  [`${matcher}/internal/update_diff`]: {
    get: {
      operationId: 'getUpdateDiff',
      summary: 'What changed from one update of a feed to a later one',
      parameters: ['prev', 'cur'].map((name) => ({
        ...{ name, in: 'query', required: true, description: 'An update operation' },
        schema: { type: 'string', format: 'uuid' },
      })),
      responses: { 200: answer('The difference', 'update_diff'), ...failures(400, 404, 410, 500) },
    },
  },
  [`${notifier}/notification/{id}`]: {
    parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }],
    get: {
      operationId: 'getNotification',
      summary: 'The images of a notification, page by page',
      parameters: [
        { name: 'page_size', in: 'query', description: '500 unless stated', schema: { type: 'integer' } },
        { name: 'next', in: 'query', description: 'Of the page before', schema: { type: 'string', format: 'uuid' } },
      ],
      responses: { 200: answer('A page', 'notification_page'), ...failures(400, 404, 415, 500) },
    },
    delete: {
      operationId: 'deleteNotification',
      summary: 'Marks a notification as known: it is not delivered any more',
      responses: { 200: answer('It is known'), ...failures(400, 404, 500) },
    },
  },
};

function ref(schema: string): Json {
  return { schema: { $ref: `#/components/schemas/${schema}` } };
}

/** The OpenAPI 3.1 document of what is served. */
export function openApiDocument(version: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Clarion: API of Clair v4',
      version,
      description: 'Where this differs from the document of Clair, Clair answers as described here.',
    },
    security: [{ psk: [] }],
    paths,
    components: { securitySchemes: { psk: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } }, schemas },
  };
}
