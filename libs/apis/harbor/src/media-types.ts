/** Media types of the adapter API, without the parameter `version`: Harbor sends versions that differ. */
export const mediaTypes = {
  scanRequest: 'application/vnd.scanner.adapter.scan.request+json',
  report: 'application/vnd.security.vulnerability.report',
  legacyReport: 'application/vnd.scanner.adapter.vuln.report.harbor+json',
  rawReport: 'application/vnd.scanner.adapter.vuln.report.raw',
  sbomReport: 'application/vnd.security.sbom.report+json',
} as const;

/** The types of answers as they are sent. */
export const sentTypes = {
  metadata: 'application/vnd.scanner.adapter.metadata+json; version=1.0',
  scanResponse: 'application/vnd.scanner.adapter.scan.response+json; version=1.0',
  error: 'application/vnd.scanner.adapter.error+json; version=1.0',
  report: `${mediaTypes.report}; version=1.1`,
  legacyReport: `${mediaTypes.legacyReport}; version=1.0`,
  rawReport: mediaTypes.rawReport,
  sbomReport: `${mediaTypes.sbomReport}; version=1.0`,
} as const;

/** Image manifests; Harbor scans an index by scanning its children. */
export const manifestTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;

/** Formats of SBOMs, by their media types, and the report format that makes each. */
export const sbomFormats: Readonly<Record<string, string>> = {
  'application/vnd.cyclonedx+json': 'cyclonedx',
};
