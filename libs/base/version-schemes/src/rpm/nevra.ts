import { splitEvr } from './parse';

/** The parts of `name-[epoch:]version-release.arch`; those that are absent are empty. */
export interface Nevra {
  readonly name: string;
  /** Digits; empty without an epoch, which compares as 0. */
  readonly epoch: string;
  readonly version: string;
  readonly release: string;
  readonly arch: string;
}

/** Without this list the last part of a release (`12.fc39`) would be mistaken for an architecture. */
const architecture =
  /\.(noarch|src|nosrc|i[3-6]86|athlon|geode|x86_64(?:_v[234])?|amd64|ia64|aarch64|arm64|armv\w+|ppc|ppc64|ppc64le|ppc64p7|s390|s390x|riscv|riscv64|loongarch64|mips\w*|sparc\w*|alpha\w*)$/;

/**
 * Parses the name of an rpm, with or without name, epoch and architecture. The epoch may also come before the name
 * (`30:bind-9.3-1`), as in old advisories. Any text is accepted: missing parts are empty.
 */
export function parseNevra(text: string): Nevra {
  const arch = architecture.exec(text)?.[1] ?? '';
  const nevr = arch === '' ? text : text.slice(0, -arch.length - 1);
  const front = splitEvr(nevr);
  const hyphen = nevr.lastIndexOf('-', nevr.lastIndexOf('-') - 1);
  if (hyphen < 0) {
    return { name: '', epoch: front.epoch ?? '', version: front.version, release: front.release ?? '', arch };
  }
  const { epoch, version, release = '' } = splitEvr(nevr.slice(hyphen + 1));
  const named = front.epoch === undefined ? 0 : front.epoch.length + 1;
  return { name: nevr.slice(named, hyphen), epoch: epoch ?? front.epoch ?? '', version, release, arch };
}
