import type { OsRelease, ReleaseRule } from './os-release';

/** The part of the version that a pattern finds. */
export function matching(pattern: RegExp): ReleaseRule {
  return ({ version }) => pattern.exec(version)?.[0];
}

/** `9` of `9.4`. */
export function major({ version }: OsRelease): string | undefined {
  return /^\d{1,4}(?!\d)/.exec(version)?.[0];
}

/** `5.0` of `5.0.1`. */
export function majorMinor({ version }: OsRelease): string | undefined {
  return /^\d{1,4}\.\d{1,4}(?!\d)/.exec(version)?.[0];
}

/** A distribution without releases. */
export function rolling(): string {
  return '';
}
