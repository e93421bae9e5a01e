import { X509Certificate } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';
import { ClarionError } from '@clarion/model';

/** One PEM: a text, or a file that is followed. */
export type PemSource = { readonly text: string } | { readonly file: string };

/** What connections are encrypted with and prove themselves by. Plain data, so that it can go to a child process. */
export interface TlsSource {
  /** Its name in logs and metrics: `serving`, `detectors`, `nats`, `mongodb`. */
  readonly use: string;
  readonly certificate?: PemSource;
  readonly key?: PemSource;
  /** Authorities that the other side is checked against; those of Node.js unless given. */
  readonly ca?: PemSource;
  /** Certificates of those authorities that are revoked. */
  readonly crl?: PemSource;
  /** Of the key. */
  readonly passphrase?: string;
}

/** What became of new files. */
export interface TlsNotice {
  readonly use: string;
  readonly outcome: 'loaded' | 'rejected';
  /** When they were read at the start. */
  readonly first: boolean;
  /** When the certificate in use ends; absent without one. */
  readonly expiresAt?: Date;
  /** Why they were rejected. */
  readonly error?: unknown;
}

export type TlsObserver = (notice: TlsNotice) => void;

/** PEM texts that belong together. */
export interface TlsMaterial {
  readonly cert?: string;
  readonly key?: string;
  readonly ca?: string;
  readonly crl?: string;
  readonly passphrase?: string;
}

/** Certificates that are current, however often their files are replaced. */
export interface FollowedTls {
  /** The same object until other files are accepted. */
  readonly material: TlsMaterial;
  readonly context: SecureContext;
  /** Ends checking the files. */
  close(): void;
}

/** How often files are checked. */
const checkMillis = 5000;
/** A bundle of all public authorities has a quarter of it. */
const largestFile = 1024 * 1024;
/** A swap of a folder by its link may happen between two files; the next reading has both of the new ones. */
const readings = 3;

interface Loaded {
  readonly material: TlsMaterial;
  readonly context: SecureContext;
  readonly expiresAt: Date | undefined;
}

/**
 * Follows the files of certificates: what replaces them (a rename, a swapped link as in Kubernetes, or a rewrite) is
 * used by connections that begin afterwards. Files that cannot be used together are rejected, and those of before stay
 * in use until the files are right. Throws `invalid-input` if the first ones cannot be used.
 */
export function followTls(source: TlsSource, observe: TlsObserver = () => undefined): FollowedTls {
  const { use } = source;
  const files = filesOf(source);
  let stamp = stampOf(files);
  let loaded = loadFirst(source);
  observe({ use, outcome: 'loaded', first: true, ...ending(loaded) });
  const check = (): void => {
    const now = stampOf(files);
    if (now === stamp) return;
    stamp = now;
    try {
      loaded = loadConsistent(source);
      observe({ use, outcome: 'loaded', first: false, ...ending(loaded) });
    } catch (error) {
      observe({ use, outcome: 'rejected', first: false, ...ending(loaded), error });
    }
  };
  const timer = files.length === 0 ? undefined : setInterval(check, checkMillis).unref();
  return {
    get material() {
      return loaded.material;
    },
    get context() {
      return loaded.context;
    },
    close: () => {
      clearInterval(timer);
    },
  };
}

/**
 * A context for clients that keep the one that they were given for ever: each connection takes the current one from
 * it.
 */
export function currentContext(followed: Pick<FollowedTls, 'context'>): SecureContext {
  // `tls.connect` takes only this member from a context.
  return Object.defineProperty(Object.create(followed.context) as SecureContext, 'context', {
    get: (): unknown => followed.context.context as unknown,
  });
}

function filesOf({ certificate, key, ca, crl }: TlsSource): readonly string[] {
  return [certificate, key, ca, crl].flatMap((one) => (one !== undefined && 'file' in one ? one.file : []));
}

/** Identifies the contents of files, through links; a missing one has a stamp too. */
function stampOf(files: readonly string[]): string {
  return files
    .map((file) => {
      const stats = statSync(file, { throwIfNoEntry: false, bigint: true });
      return stats === undefined ? 'none' : [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ');
    })
    .join('\n');
}

function loadFirst(source: TlsSource): Loaded {
  try {
    return load(source);
  } catch (cause) {
    throw new ClarionError('invalid-input', `The certificates for ${source.use} cannot be used: ${reasonOf(cause)}`, {
      cause,
      remedy: 'give PEM files that belong together: a certificate, its key, and authorities',
    });
  }
}

function loadConsistent(source: TlsSource): Loaded {
  for (let left = readings; ; left -= 1) {
    try {
      const loaded = load(source);
      if (loaded.expiresAt !== undefined && loaded.expiresAt.getTime() < Date.now()) {
        throw new ClarionError('invalid-input', `the new certificate ended at ${loaded.expiresAt.toISOString()}`);
      }
      return loaded;
    } catch (error) {
      if (left === 1) throw error;
    }
  }
}

function load({ certificate, key, ca, crl, passphrase }: TlsSource): Loaded {
  const material: TlsMaterial = {
    ...(certificate !== undefined && { cert: textOf(certificate) }),
    ...(key !== undefined && { key: textOf(key) }),
    ...(ca !== undefined && { ca: textOf(ca) }),
    ...(crl !== undefined && { crl: textOf(crl) }),
    ...(passphrase !== undefined && { passphrase }),
  };
  for (const text of [material.cert, material.ca]) if (text !== undefined) requireCertificate(text);
  // Fails for a key of another certificate.
  const context = createSecureContext(material);
  const { cert } = material;
  return { material, context, expiresAt: cert === undefined ? undefined : new Date(new X509Certificate(cert).validTo) };
}

/** An empty list of authorities is accepted by OpenSSL, and then trusts nobody. */
function requireCertificate(text: string): void {
  if (!text.includes('-----BEGIN ')) throw new ClarionError('invalid-input', 'there is no certificate in PEM format');
  new X509Certificate(text);
}

function textOf(source: PemSource): string {
  if ('text' in source) return source.text;
  const descriptor = openSync(source.file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    if (size <= largestFile) return readFileSync(descriptor, 'utf8');
    throw new ClarionError('limit-exceeded', `${source.file} has ${size} bytes; certificates have at most 1 MiB`);
  } finally {
    closeSync(descriptor);
  }
}

function ending({ expiresAt }: Loaded): Pick<TlsNotice, 'expiresAt'> {
  return expiresAt === undefined ? {} : { expiresAt };
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
