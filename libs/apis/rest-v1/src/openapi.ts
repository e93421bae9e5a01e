import { apiBase, problemSchema, problemStatus, reportSchema } from '@clarion/rest-v1-contract';
import { z } from 'zod';
import { type BodySchema, idempotencyKeyPattern } from '@clarion/http-engine';
import type { AnswerSchema, AnyRoute } from './route';
import { routes } from './routes';

type Json = Readonly<Record<string, unknown>>;

/**
 * The native report has a separate published schema (docs/schemas/report-v1.json); a spec checks the copy against it.
 */
function reportComponents(): Readonly<Record<string, Json>> {
  const { $schema: _, $id: __, $defs, ...report } = reportSchema;
  const nameOf = (key: string): string => `Report${key.charAt(0).toUpperCase()}${key.slice(1)}`;
  // References within that schema would be dangling here: its definitions become components.
  const moved = (schema: Json): Json =>
    JSON.parse(
      JSON.stringify(schema).replace(
        /"#\/\$defs\/(\w+)/g,
        (___, key: string) => `"#/components/schemas/${nameOf(key)}`,
      ),
    ) as Json;
  const definitions = Object.entries($defs).map(([key, schema]) => [nameOf(key), moved(schema)] as const);
  return { Report: moved(report), ...Object.fromEntries(definitions) };
}

/** The OpenAPI 3.1 document, made from the same schemas that validate requests. */
export function openApiDocument(version: string): Json {
  const components = new Map<string, Json>();
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = `${apiBase}${route.path}`;
    paths[path] = { ...paths[path], [route.method]: operationOf(route, components) };
  }
  schemaOf(problemSchema, components, 'output');
  const sorted = Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'Clarion',
      version,
      description: 'Container vulnerability scanner: submit images, read reports, receive changes.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    tags: [...new Set(routes.map(({ group }) => group))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { ...sorted, ...reportComponents() },
      responses: { Problem: problemResponse() },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A static token of the installation, or a JWT' },
      },
    },
  };
}

type Components = Map<string, Json>;

function operationOf(route: AnyRoute, components: Components): Json {
  const { operation, group, about, access: role, params, query, bodies } = route;
  const parameters = [...parametersOf(params, 'path'), ...parametersOf(query, 'query'), ...headersOf(route)];
  return {
    operationId: operation,
    tags: [group],
    summary: about.split(/[.:;] /, 1)[0]?.replace(/\.$/, ''),
    description: `${about}\n\nRequires the role ${role} or a higher one.`,
    'x-clarion-role': role,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(bodies === undefined ? {} : { requestBody: { required: true, content: contentOf(bodies, components) } }),
    responses: responsesOf(route, components),
  };
}

function parametersOf(schema: z.ZodObject, location: 'path' | 'query'): readonly Json[] {
  // Parameters are inlined, including named schemas, whose references would be dangling here.
  const whole = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline', metadata: unnamed });
  const required = new Set(whole.required ?? []);
  return Object.entries(whole.properties ?? {}).map(([name, property]) => {
    const { description, ...rest } = typeof property === 'object' ? property : {};
    return {
      name,
      in: location,
      required: required.has(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

/** Metadata of schemas, without their ids. */
const unnamed = {
  get: (schema: z.ZodType) => {
    const { id: _, ...said } = schema.meta() ?? {};
    return said;
  },
} as unknown as typeof z.globalRegistry;

function headersOf({ method, path, operation }: AnyRoute): readonly Json[] {
  const header = (name: string, description: string): Json => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string', ...(name === 'Idempotency-Key' ? { pattern: idempotencyKeyPattern.source } : {}) },
  });
  if (method === 'post') {
    return [
      header('Idempotency-Key', 'The same key and request within a day get the same answer, and do nothing twice'),
    ];
  }
  if (operation === 'getReport') return [header('If-None-Match', 'The `ETag` of a report that the caller has')];
  return path === '/events' ? [header('Last-Event-ID', 'The last event that was seen')] : [];
}

function contentOf(bodies: Readonly<Record<string, BodySchema>>, components: Components): Json {
  return Object.fromEntries(
    Object.entries(bodies).map(([mediaType, schema]) => [
      mediaType,
      schema === 'bytes' ? {} : { schema: schemaOf(schema, components, 'input') },
    ]),
  );
}

function responsesOf({ answers }: AnyRoute, components: Components): Json {
  const stated = Object.entries(answers).map(([status, answer]) => [status, responseOf(answer, components)] as const);
  return { ...Object.fromEntries(stated), default: { $ref: '#/components/responses/Problem' } };
}

function responseOf(answer: AnswerSchema, components: Components): Json {
  if ('schema' in answer) {
    const schema = schemaOf(answer.schema, components, 'output');
    return { description: answer.about, ...headersOfAnswer(answer), content: { 'application/json': { schema } } };
  }
  if (!('mediaTypes' in answer)) return { description: answer.about };
  const content = answer.mediaTypes.map((mediaType) => {
    const named = mediaType === 'application/json' ? answer.component : undefined;
    return [
      mediaType,
      {
        schema:
          named === undefined
            ? // Other JSON follows an external schema: here it is only declared as not a string.
              { type: /[/+]json$/.test(mediaType) ? 'object' : 'string' }
            : { $ref: `#/components/schemas/${named}` },
      },
    ];
  });
  return { description: answer.about, ...headersOfAnswer(answer), content: Object.fromEntries(content) as Json };
}

function headersOfAnswer({ headers = {} }: { readonly headers?: Readonly<Record<string, string>> }): Json {
  const stated = Object.entries(headers).map(
    ([name, description]) => [name, { description, schema: { type: 'string' } }] as const,
  );
  return stated.length === 0 ? {} : { headers: Object.fromEntries(stated) };
}

function problemResponse(): Json {
  const codes = Object.entries(problemStatus).map(([code, [status]]) => `\`${code}\` (${status})`);
  return {
    description: `What went wrong, by code: ${codes.join(', ')}`,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

/**
 * A reference to a named schema, which is added with all schemas that it references; the schema itself if it has no
 * name.
 */
function schemaOf(schema: z.ZodType, components: Components, io: 'input' | 'output'): Json {
  const {
    $schema: _,
    $defs = {},
    ...root
  } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      delete jsonSchema.id;
      // Integers are those of JavaScript: repeating that for every response helps nobody.
      if (io === 'input') return;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  for (const [name, definition] of Object.entries($defs)) keep(name, definition, components);
  const { id } = schema.meta() ?? {};
  if (id === undefined || '$ref' in root) return localised(root);
  keep(id, root, components);
  return { $ref: `#/components/schemas/${id}` };
}

function keep(name: string, schema: Json, components: Components): void {
  const { id: _, ...rest } = localised(schema);
  components.set(name, rest);
}

/** References within one schema become references within the document. */
function localised(schema: Json): Json {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;
}
