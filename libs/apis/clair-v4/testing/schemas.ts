import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';

type Json = Record<string, unknown>;
type Schema = Json & { properties: Record<string, Json> };

const clairModule = 'github.com/quay/clair/v4@v4.9.0';
const base = 'https://clairproject.org/api/http/v1/';

/** Makes a validator of one of Clair's own schemas, by its name. */
export type ClairSchemas = (name: string) => ValidateFunction;

/**
 * The schemas that Clair publishes, as its Go module has them; undefined where that cannot be downloaded, which is an
 * error in CI. They contradict Clair's server in the points that are changed here, and in no others.
 */
export function clairSchemas(): ClairSchemas | undefined {
  const done = spawnSync('go', ['mod', 'download', '-json', clairModule], { encoding: 'utf8' });
  if (done.status !== 0) {
    if (!['', 'false', '0'].includes(process.env['CI'] ?? '')) throw new Error(`No ${clairModule}: ${done.stderr}`);
    process.stderr.write(`go cannot download ${clairModule}: specs with Clair's schemas are skipped\n`);
    return undefined;
  }
  const folder = path.join((JSON.parse(done.stdout) as { readonly Dir: string }).Dir, 'httptransport/types/v1');
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.schema.json'))) {
    const schema = JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Schema;
    changes[name]?.(schema);
    ajv.addSchema(schema);
  }
  return (name) => {
    const validate = ajv.getSchema(`${base}${name}.schema.json`);
    if (validate === undefined) throw new Error(`Clair has no schema ${name}`);
    return validate as ValidateFunction;
  };
}

const text = { type: 'string' };

/** Where the server, and its clients, need something else. */
const changes: Readonly<Record<string, (schema: Schema) => void>> = {
  'cpe.schema.json': ({ oneOf }) => {
    // Distributions have all members, most of them without a CPE.
    (oneOf as Json[]).push({ const: '' });
  },
  'package.schema.json': ({ properties }) => {
    properties['kind'] = { enum: ['unknown', 'source', 'binary', 'layer', 'ancestry'] };
    properties['detector'] = { type: ['string', 'null'] };
  },
  'vulnerability_summary.schema.json': (schema) => {
    schema.properties = { description: text, links: text, repo: { $ref: 'repository.schema.json' } };
    // Clair sends none.
    schema['$ref'] = 'vulnerability_core.schema.json';
  },
};

const strings = (names: string): Schema => ({
  ...{ type: 'object', required: names.split(' ') },
  properties: Object.fromEntries(names.split(' ').map((name) => [name, text])),
});
const mapOf = (values: Json): Json => ({ type: 'object', additionalProperties: values });
const listOf = (items: Json): Json => ({ type: 'array', items });
const source = strings('id name version');
const packages = {
  ...source,
  properties: {
    ...source.properties,
    arch: text,
    module: text,
    cpe: text,
    kind: text,
    normalized_version: text,
    source,
  },
};
const distribution = strings('id did name version version_code_name version_id arch cpe pretty_name');
const vulnerabilityMembers = 'id updater name description links severity normalized_severity fixed_in_version';
const vulnerability = strings(vulnerabilityMembers);
const severity = { enum: ['Unknown', 'Negligible', 'Low', 'Medium', 'High', 'Critical'] };
const found = {
  manifest_hash: text,
  packages: mapOf(packages),
  distributions: mapOf(distribution),
  environments: mapOf({ ...listOf(strings('package_db introduced_in distribution_id')), minItems: 1 }),
};
const object = (properties: Record<string, Json>): Json => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
});

/** What Quay requires of answers (its own, older schemas). */
export const quaySchemas: Readonly<
  Record<'index_state' | 'index_report' | 'vulnerability_report' | 'notification_page', ValidateFunction>
> = {
  index_state: quay(strings('state')),
  index_report: quay(object({ ...found, state: text, success: { type: 'boolean' }, err: text })),
  vulnerability_report: quay(
    object({
      ...found,
      vulnerabilities: mapOf({
        ...vulnerability,
        properties: {
          ...vulnerability.properties,
          normalized_severity: severity,
          issued: text,
          range: text,
          distribution,
          repository: { type: 'object' },
        },
      }),
      package_vulnerabilities: mapOf(listOf(text)),
    }),
  ),
  notification_page: quay(
    object({
      page: { type: 'object' },
      notifications: listOf(
        object({
          ...{ id: text, manifest: text, reason: text },
          vulnerability: {
            ...strings('name description normalized_severity fixed_in_version links'),
            properties: {
              package: packages,
              distribution,
              repository: { type: 'object' },
              normalized_severity: severity,
            },
          },
        }),
      ),
    }),
  ),
};

function quay(schema: Json): ValidateFunction {
  return new Ajv2020({ strict: false, allErrors: true }).compile(schema);
}
