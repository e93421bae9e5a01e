import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportFormats } from '@clarion/report-formats';
import { problemStatus } from '@clarion/rest-v1-contract';
import Ajv2020 from 'ajv/dist/2020';
import { openApiDocument } from './openapi';
import { routes } from './routes';

type Json = Record<string, unknown>;

const docs = join(__dirname, '..', '..', '..', '..', 'docs');
const document = openApiDocument('0.1.0') as {
  paths: Record<
    string,
    Record<string, Json & { operationId: string; responses: Json; parameters?: { name: string }[] }>
  >;
  components: { schemas: Record<string, Json> };
};

describe('the OpenAPI document', () => {
  it('has every route and nothing else', () => {
    const stated = routes.map(({ method, path }) => `${method} /api/v1${path}`).sort();
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(described.sort()).toEqual(stated);
    const operations = routes.map(({ operation }) => operation);
    expect(new Set(operations).size).toBe(operations.length);
  });

  it('states every path parameter of every path', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { parameters = [] } of Object.values(methods)) {
        expect(parameters.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
      }
    }
  });

  it('has no dangling reference anywhere', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to = '']) => to);
    const leadNowhere = references.filter((to) => {
      if (!to.startsWith('#/')) return true;
      const steps = to.slice(2).split('/');
      return steps.reduce<unknown>((at, step) => (at as Json | undefined)?.[step], document) === undefined;
    });
    expect(leadNowhere).toEqual([]);
    expect(references.length).toBeGreaterThan(50);
  });

  it('has no unreferenced schema', () => {
    const text = JSON.stringify(document);
    const named = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name = '']) => name);
    expect([...new Set(named)].sort()).toEqual(Object.keys(document.components.schemas).sort());
  });

  it('has schemas that a validator accepts', () => {
    const ajv = new Ajv2020({ strict: false, schemas: [{ $id: 'urn:clarion:document', ...document }] });
    for (const name of Object.keys(document.components.schemas)) {
      expect(ajv.compile({ $ref: `urn:clarion:document#/components/schemas/${name}` })).toBeInstanceOf(Function);
    }
  });

  it('is the one in docs/openapi.json', () => {
    const expected = `${JSON.stringify(document, null, 2)}\n`;
    const file = join(docs, 'openapi.json');
    // UPDATE_EXPECTED=1 writes it.
    if (process.env['UPDATE_EXPECTED'] === '1') writeFileSync(file, expected);
    expect(readFileSync(file, 'utf8')).toBe(expected);
  });

  it('contains the published schema of the report', () => {
    const promised = JSON.parse(readFileSync(join(docs, 'schemas', 'report-v1.json'), 'utf8')) as Json;
    const { $defs, $id: _, $schema: __, ...report } = promised as { $defs: Record<string, Json> } & Json;
    const asDefinitions = (schema: unknown): unknown =>
      JSON.parse(
        JSON.stringify(schema).replace(
          /#\/components\/schemas\/Report(\w)(\w*)/g,
          (___, first: string, rest: string) => `#/$defs/${first.toLowerCase()}${rest}`,
        ),
      );
    expect(asDefinitions(document.components.schemas['Report'])).toEqual(report);
    for (const [name, schema] of Object.entries($defs)) {
      const component = `Report${name.charAt(0).toUpperCase()}${name.slice(1)}`;
      expect(asDefinitions(document.components.schemas[component])).toEqual(schema);
    }
  });

  it('names the media type of every report format', () => {
    const responses = document.paths['/api/v1/images/{digest}/report']?.['get']?.responses['200'] as { content: Json };
    const made = reportFormats.map(({ mediaType }) => mediaType.split(';', 1)[0]);
    expect(Object.keys(responses.content).sort()).toEqual([...new Set(made)].sort());
  });

  it('names every report format', () => {
    const { parameters = [] } = document.paths['/api/v1/images/{digest}/report']?.['get'] ?? {};
    const format = parameters.find(({ name }) => name === 'format') as { schema: { enum: string[] } } | undefined;
    expect(format?.schema.enum.sort()).toEqual(reportFormats.map(({ id }) => id).sort());
  });

  it('and docs/api.md name every code and every call', () => {
    const page = readFileSync(join(docs, 'api.md'), 'utf8');
    for (const code of Object.keys(problemStatus)) expect(page).toContain(`\`${code}\``);
    for (const { method, path } of routes) expect(page).toContain(`\`${method.toUpperCase()} ${path}\``);
  });
});
