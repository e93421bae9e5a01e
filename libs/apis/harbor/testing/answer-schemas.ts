import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';

const text = { type: 'string' } as const;
const texts = { type: 'array', items: text } as const;
const severity = { enum: ['Unknown', 'Negligible', 'Low', 'Medium', 'High', 'Critical'] } as const;

const scanner = {
  type: 'object',
  required: ['name', 'vendor', 'version'],
  properties: {
    name: { ...text, minLength: 1 },
    vendor: { ...text, minLength: 1 },
    version: { ...text, minLength: 1 },
  },
} as const;

const artifact = {
  type: 'object',
  required: ['repository', 'digest', 'mime_type'],
  properties: { repository: text, digest: text, tag: text, mime_type: text },
} as const;

const capability = {
  type: 'object',
  required: ['consumes_mime_types', 'produces_mime_types'],
  properties: {
    type: { enum: ['vulnerability', 'sbom'] },
    consumes_mime_types: texts,
    produces_mime_types: texts,
    additional_attributes: { type: 'object' },
  },
} as const;

const item = {
  type: 'object',
  required: ['id', 'package', 'version', 'severity'],
  properties: {
    ...{ id: text, package: text, version: text, fix_version: text, description: text, status: text },
    severity,
    links: { type: 'array', items: { ...text, pattern: '^https?://' } },
    artifact_digests: texts,
    preferred_cvss: {
      type: 'object',
      properties: {
        score_v3: { type: 'number' },
        score_v2: { type: 'number' },
        vector_v3: text,
        vector_v2: text,
      },
    },
    cwe_ids: texts,
    vendor_attributes: { type: 'object' },
  },
} as const;

const described = {
  generated_at: { ...text, pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$' },
  artifact,
  scanner,
} as const;

const report = {
  type: 'object',
  required: ['generated_at', 'artifact', 'scanner', 'severity', 'vulnerabilities'],
  properties: {
    ...described,
    // Without vulnerabilities, there is no worst severity.
    severity: { enum: [...severity.enum, 'None'] },
    vulnerabilities: { type: 'array', items: item },
  },
} as const;

/** What the specification of the adapter API says of each answer, by media type without parameters. */
const schemas: Readonly<Record<string, object>> = {
  'application/vnd.scanner.adapter.metadata+json': {
    type: 'object',
    required: ['scanner', 'capabilities'],
    properties: {
      scanner,
      capabilities: { type: 'array', minItems: 1, items: capability },
      properties: { type: 'object', additionalProperties: text },
    },
  },
  'application/vnd.scanner.adapter.scan.response+json': {
    type: 'object',
    required: ['id'],
    properties: { id: { ...text, minLength: 1 } },
    additionalProperties: false,
  },
  'application/vnd.security.vulnerability.report': report,
  'application/vnd.scanner.adapter.vuln.report.harbor+json': report,
  'application/vnd.security.sbom.report+json': {
    type: 'object',
    required: ['generated_at', 'artifact', 'scanner', 'media_type', 'sbom'],
    properties: {
      ...described,
      vendor_attributes: { type: 'object' },
      media_type: { enum: ['application/spdx+json', 'application/vnd.cyclonedx+json'] },
      sbom: { type: 'object' },
    },
  },
  'application/vnd.scanner.adapter.error+json': {
    type: 'object',
    required: ['error'],
    properties: {
      error: { type: 'object', required: ['message'], properties: { message: { ...text, minLength: 1 } } },
    },
  },
};

const ajv = new Ajv2020({ allErrors: true, strict: false });
const compiled = new Map<string, ValidateFunction>();

/** Throws if an answer is not what the specification says of its media type; the native report has a schema of its own. */
export function requireSpecified(mediaType: string, json: unknown): void {
  const type = mediaType.split(';', 1)[0] ?? '';
  const schema = schemas[type];
  if (schema === undefined) return;
  const validate = compiled.get(type) ?? ajv.compile(schema);
  compiled.set(type, validate);
  if (!validate(json)) throw new Error(`${type}: ${ajv.errorsText(validate.errors)}`);
}
