type Json = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const flag = { type: 'boolean' };
const ref = (schema: string): Json => ({ $ref: `#/components/schemas/${schema}` });
const mapOf = (values: Json): Json => ({ type: 'object', additionalProperties: values });
const listOf = (items: Json): Json => ({ type: 'array', items });

/** An object; members that are not named as optional are always there. */
function object(properties: Readonly<Record<string, Json>>, optional: readonly string[] = []): Json {
  return { type: 'object', properties, required: Object.keys(properties).filter((name) => !optional.includes(name)) };
}

const inventory = {
  packages: mapOf(ref('package')),
  distributions: mapOf(ref('distribution')),
  repository: mapOf(ref('repository')),
  environments: mapOf(listOf(ref('environment'))),
};
const distributionMembers = ['id', 'did', 'name', 'version', 'version_code_name', 'version_id', 'arch', 'cpe'];
const states = ['CheckManifest', 'ScanLayers', 'IndexError', 'IndexFinished'];
const severities = ['Unknown', 'Negligible', 'Low', 'Medium', 'High', 'Critical'];

/** The objects of the API, as they are sent. */
export const schemas: Json = {
  digest: { type: 'string', pattern: '^sha(256:[0-9a-f]{64}|512:[0-9a-f]{128})$' },
  digests: listOf(ref('digest')),
  error: object({ code: text, message: text }),
  manifest: object({ hash: ref('digest'), layers: listOf(ref('layer')) }),
  layer: object({ hash: ref('digest'), uri: text, headers: mapOf(listOf(text)), media_type: text }, [
    'headers',
    'media_type',
  ]),
  index_state: object({ state: text }),
  index_report: object({
    manifest_hash: ref('digest'),
    state: { enum: states },
    ...inventory,
    success: flag,
    err: text,
  }),
  vulnerability_report: object({
    manifest_hash: ref('digest'),
    ...inventory,
    vulnerabilities: mapOf(ref('vulnerability')),
    package_vulnerabilities: mapOf(listOf(text)),
    enrichments: mapOf(listOf(mapOf(listOf({ type: 'object' })))),
  }),
  package: object(
    {
      ...{ id: text, name: text, version: text, kind: { enum: ['source', 'binary'] } },
      ...{ source: ref('package'), normalized_version: text, module: text, arch: text, cpe: text },
    },
    ['source', 'module', 'arch'],
  ),
  distribution: object(Object.fromEntries([...distributionMembers, 'pretty_name'].map((name) => [name, text]))),
  repository: object({ id: text, name: text, uri: text, cpe: text }, ['uri']),
  environment: object({
    package_db: text,
    introduced_in: ref('digest'),
    distribution_id: text,
    repository_ids: listOf(text),
  }),
  vulnerabilities: object({ vulnerabilities: listOf(ref('vulnerability')) }),
  affected_manifests: object({
    vulnerabilities: mapOf(ref('vulnerability')),
    vulnerable_manifests: mapOf(listOf(text)),
  }),
  update_operations: mapOf(listOf(ref('update_operation'))),
  update_diff: object({
    ...{ prev: ref('update_operation'), cur: ref('update_operation') },
    ...{ added: listOf(ref('vulnerability')), removed: listOf(ref('vulnerability')) },
  }),
  update_operation: object({
    ...{ ref: { type: 'string', format: 'uuid' }, updater: text, fingerprint: text },
    ...{ date: { type: 'string', format: 'date-time' }, kind: { enum: ['vulnerability', 'enrichment'] } },
  }),
  notification_page: object({
    page: object({ size: { type: 'integer' }, next: text }, ['next']),
    notifications: listOf(ref('notification')),
  }),
  notification: object({
    id: text,
    manifest: ref('digest'),
    reason: { enum: ['added', 'removed'] },
    vulnerability: ref('vulnerability_summary'),
  }),
  vulnerability_summary: object(
    {
      ...{ name: text, description: text, package: ref('package'), distribution: ref('distribution') },
      ...{ repo: ref('repository'), repository: ref('repository'), severity: text },
      ...{
        normalized_severity: { enum: severities },
        arch_op: { const: 'equals' },
        fixed_in_version: text,
        links: text,
      },
    },
    ['distribution', 'repo', 'repository'],
  ),
  vulnerability: object(
    {
      ...{ id: text, updater: text, name: text, description: text },
      issued: { type: 'string', format: 'date-time' },
      ...{ links: text, severity: text, normalized_severity: { enum: severities } },
      ...{ package: ref('package'), distribution: ref('distribution'), repository: ref('repository') },
      ...{ fixed_in_version: text, arch_op: { const: 'equals' } },
    },
    ['distribution', 'repository'],
  ),
};
