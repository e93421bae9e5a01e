import { ClarionError, type Digest, isDigest } from '@clarion/model';
import type { RegistryCredentials } from '@clarion/use-cases';
import { z } from 'zod';
import { manifestTypes, mediaTypes, sbomFormats } from './media-types';
import { parseMediaType } from './parse-media-type';
import { InvalidField } from './render-error';

const text = z.string().max(2048).nullish();
const texts = z.array(z.string().max(256)).max(50).nullish();

/**
 * The body of a scan request. It has the types of JSON only, as a wrong one is another error (400) than a member that is
 * missing or cannot be used (422). Unknown members are ignored: Harbor sends some that the specification lacks.
 */
export const scanRequest = z.looseObject({
  registry: z
    .looseObject({ url: text, authorization: z.string().max(16_384).nullish(), insecure: z.boolean().nullish() })
    .nullish(),
  artifact: z
    .looseObject({ repository: text, digest: text, tag: text, mime_type: text, size: z.number().nullish() })
    .nullish(),
  enabled_capabilities: z
    .array(
      z.looseObject({
        type: text,
        produces_mime_types: texts,
        parameters: z.looseObject({ sbom_media_types: texts }).nullish(),
      }),
    )
    .max(20)
    .nullish(),
});

export type ScanRequestBody = z.output<typeof scanRequest>;

/** What Harbor calls an artifact, as reports repeat it. */
export interface Artifact {
  readonly repository: string;
  readonly digest: Digest;
  readonly tag?: string;
  readonly mime_type: string;
  readonly size?: number;
}

/** A scan request that can be carried out. */
export interface AcceptedRequest {
  readonly artifact: Artifact;
  /** `harbor.example:443/library/app@sha256:…` */
  readonly reference: string;
  readonly credentials?: RegistryCredentials;
  /** The registry is named with http:// */
  readonly isPlain: boolean;
}

const repositoryPattern = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const longestRepository = 255;
const tagPattern = /^\w[\w.-]{0,127}$/;

/**
 * Checks the members of a request. Throws `InvalidField` for one that is missing or cannot be used, and `unsupported`
 * for an artifact, or capabilities, that no scan can be made for.
 */
export function acceptedRequest({
  registry,
  artifact,
  enabled_capabilities: enabled,
}: ScanRequestBody): AcceptedRequest {
  const url = required('registry.url', registry?.url);
  const repository = required('artifact.repository', artifact?.repository);
  const digest = required('artifact.digest', artifact?.digest);
  const type = required('artifact.mime_type', artifact?.mime_type);
  if (repository.length > longestRepository || !repositoryPattern.test(repository)) {
    throw new InvalidField('artifact.repository is not the name of a repository');
  }
  if (!isDigest(digest)) throw new InvalidField('artifact.digest is not a sha256 or sha512 digest');
  const tag = given(artifact?.tag);
  if (tag !== undefined && !tagPattern.test(tag)) throw new InvalidField('artifact.tag is not a tag');
  requireManifest(type);
  requireCapability(enabled ?? []);
  const credentials = credentialsOf(given(registry?.authorization));
  return {
    artifact: {
      ...{ repository, digest },
      ...(tag === undefined ? {} : { tag }),
      mime_type: type,
      ...(typeof artifact?.size === 'number' ? { size: artifact.size } : {}),
    },
    reference: `${registryHost(url)}/${repository}@${digest}`,
    ...(credentials === undefined ? {} : { credentials }),
    isPlain: url.startsWith('http:'),
  };
}

function given(value: string | null | undefined): string | undefined {
  return value === null || value === '' ? undefined : value;
}

function required(name: string, value: string | null | undefined): string {
  const stated = given(value);
  if (stated === undefined) throw new InvalidField(`${name} is missing`);
  return stated;
}

/** With its port, as a host without a dot or a port would be taken for a part of a repository of Docker Hub. */
function registryHost(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw new InvalidField('registry.url is not an address that begins with https:// or http://');
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw new InvalidField('registry.url has more than scheme, host and port');
  }
  const usual = url.protocol === 'https:' ? '443' : '80';
  return `${url.hostname}:${url.port === '' ? usual : url.port}`;
}

function requireManifest(type: string): void {
  const known: readonly string[] = manifestTypes;
  if (known.includes(parseMediaType(type)?.type ?? '')) return;
  throw new ClarionError('unsupported', 'artifact.mime_type is not the manifest of an image', {
    remedy: `scanned are ${manifestTypes.join(' and ')}`,
  });
}

type Enabled = NonNullable<ScanRequestBody['enabled_capabilities']>;

const produced: Readonly<Record<string, readonly string[]>> = {
  vulnerability: [mediaTypes.report, mediaTypes.legacyReport, mediaTypes.rawReport],
  sbom: [mediaTypes.sbomReport],
};

/** None stated are all of them. One that can be carried out suffices: the report of another one is an error then. */
function requireCapability(enabled: Enabled): void {
  if (enabled.length === 0 || enabled.some(isPossible)) return;
  throw new ClarionError('unsupported', 'None of enabled_capabilities can be carried out', {
    remedy: `there are vulnerability, and sbom as ${Object.keys(sbomFormats).join(' or ')}`,
  });
}

function isPossible({ type, produces_mime_types: types, parameters }: Enabled[number]): boolean {
  // As Harbor: without a type it is about vulnerabilities.
  const name = given(type) ?? 'vulnerability';
  const made = Object.hasOwn(produced, name) ? (produced[name] ?? []) : [];
  const wanted = types ?? [];
  if (made.length === 0) return false;
  if (wanted.length > 0 && !wanted.some((one) => made.includes(parseMediaType(one)?.type ?? ''))) return false;
  const formats = parameters?.sbom_media_types ?? [];
  return name !== 'sbom' || formats.length === 0 || formats.some((one) => Object.hasOwn(sbomFormats, one));
}

/** `Basic …` or `Bearer …`, as the registry gets it. Nothing of it is repeated in errors. */
function credentialsOf(authorization: string | undefined): RegistryCredentials | undefined {
  if (authorization === undefined) return undefined;
  const [, scheme = '', value = ''] = /^(\w+):? +(\S+)$/.exec(authorization.trim()) ?? [];
  if (scheme.toLowerCase() === 'bearer') return { token: value };
  const basic = scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString('utf8') : '';
  const colon = basic.indexOf(':');
  if (colon <= 0)
    throw new InvalidField('registry.authorization is neither Basic with an account nor Bearer with a token');
  return { username: basic.slice(0, colon), password: basic.slice(colon + 1) };
}
