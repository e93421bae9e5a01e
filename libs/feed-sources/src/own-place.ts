import { isOwnNamespace, ownNameRule } from '@clarion/model';
import { schemeOf, versionScheme, versionSchemes } from '@clarion/version-schemes';
import { languagePlace } from './osv-ecosystems';
import type { OsvPlace } from './osv-record';

/** How OSV calls distributions (https://ossf.github.io/osv-schema/#defined-ecosystems); `$1` is the release. */
const distributions: readonly (readonly [ecosystem: RegExp, namespace: string])[] = [
  [/^Debian:(\d{1,3})$/, 'debian:$1'],
  [/^Ubuntu:(\d{1,2}\.\d{2})(?::LTS)?$/, 'ubuntu:$1'],
  [/^Alpine:(v\d{1,2}\.\d{1,3}|edge)$/, 'alpine:$1'],
  [/^AlmaLinux:(\d{1,3})$/, 'alma:$1'],
  [/^Rocky Linux:(\d{1,3})$/, 'rocky:$1'],
  [/^Red Hat:enterprise_linux:(\d{1,3})(?:\.\d{1,3})?(?:::[a-z]+)?$/, 'rhel:$1'],
  [/^SUSE:Linux Enterprise Server (\d{1,3}) SP(\d{1,2})$/, 'sles:$1.$2'],
  [/^openSUSE:Leap (\d{1,2}\.\d)$/, 'opensuse-leap:$1'],
  [/^openSUSE:Tumbleweed$/, 'opensuse-tumbleweed'],
  [/^Photon OS:(\d\.\d)$/, 'photon:$1'],
  [/^Azure Linux:(\d)$/, 'azurelinux:$1.0'],
  [/^Wolfi$/, 'wolfi'],
  [/^Chainguard$/, 'chainguard'],
];

const namespaceId = /^[a-z][a-z0-9.-]{0,40}(?::[A-Za-z0-9._-]{1,40})?$/;

/**
 * Where packages of own data belong: a language ecosystem or a distribution as OSV calls it, or a namespace as Clarion
 * does (`debian:12`, `amzn:2023`, one of the user's own: `x-acme`). A distribution's package is meant by its own name or by that
 * of its source.
 */
export function ownPlace(ecosystem: string): OsvPlace | undefined {
  const language = languagePlace(ecosystem);
  if (language !== undefined) return language;
  if (isOwnNamespace(ecosystem)) return { namespace: ecosystem, scheme: 'semver', nameKind: 'either' };
  const named = distributions.find(([pattern]) => pattern.test(ecosystem));
  const namespace = named === undefined ? ecosystem : ecosystem.replace(named[0], named[1]);
  const scheme = namespaceId.test(namespace) ? schemeOf(namespace) : undefined;
  if (scheme === undefined) return undefined;
  return { namespace, scheme, nameKind: 'either' };
}

/**
 * The place with the order of versions that a record names for it: only a user's own namespaces have none of themselves.
 * What is wrong with the name otherwise.
 */
export function withScheme(place: OsvPlace, named: unknown): OsvPlace | string {
  const { namespace, scheme } = place;
  if (named === undefined || named === scheme) return place;
  if (!isOwnNamespace(namespace)) return `versions of ${namespace} have the order ${scheme}: leave version_scheme out`;
  if (typeof named === 'string' && versionScheme(named) !== undefined) return { ...place, scheme: named };
  return `version_scheme of ${namespace} is none (known: ${versionSchemes.map(({ id }) => id).join(', ')})`;
}

/** Why an ecosystem has no place, for people. */
export function unknownEcosystem(ecosystem: string): string {
  const rule = /^x-/i.test(ecosystem) ? `: one of your own is ${ownNameRule}` : '';
  return `Unknown ecosystem ${JSON.stringify(ecosystem.slice(0, 80))}${rule}`;
}
