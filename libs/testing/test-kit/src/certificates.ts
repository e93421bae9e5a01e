import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface PemFile {
  readonly path: string;
  readonly pem: string;
}

export interface CertificateWithKey {
  readonly certificate: PemFile;
  readonly key: PemFile;
}

/** An authority, and what it has signed: a server at `localhost` and 127.0.0.1, and a client. Good for two days. */
export interface TestCertificates {
  readonly ca: PemFile;
  readonly server: CertificateWithKey;
  readonly client: CertificateWithKey;
  /** Puts new certificates and keys of the server and the client, signed by the same authority, in the same places. */
  renew(): void;
  /** Deletes the files. */
  remove(): void;
}

/** Puts a file in the place of another one, as `mv` does: a reader sees all of one of them. */
export function replaceFile(path: string, text: string): void {
  const next = `${path}.next`;
  writeFileSync(next, text);
  renameSync(next, path);
}

/** Creates certificates with `openssl`, version 3. */
export function makeCertificates(): TestCertificates {
  const directory = mkdtempSync(join(tmpdir(), 'clarion-certificates-'));
  const at = (name: string): string => join(directory, name);
  const fileOf = (name: string): PemFile => ({
    path: at(name),
    get pem() {
      return readFileSync(at(name), 'utf8');
    },
  });
  const make = (name: string, further: readonly string[]): CertificateWithKey => {
    const elliptic = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const key = [...elliptic, '-keyout', at(`${name}.key.new`)];
    const certificate = ['-subj', `/CN=clarion ${name}`, '-days', '2', '-out', at(`${name}.pem.new`)];
    execFileSync('openssl', ['req', '-x509', ...key, ...certificate, ...further], { stdio: 'ignore' });
    for (const kind of ['key', 'pem']) renameSync(at(`${name}.${kind}.new`), at(`${name}.${kind}`));
    return { certificate: fileOf(`${name}.pem`), key: fileOf(`${name}.key`) };
  };
  const ca = make('ca', []);
  const signed = ['-CA', ca.certificate.path, '-CAkey', ca.key.path, '-addext', 'basicConstraints=critical,CA:FALSE'];
  const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const issue = () => ({ server: make('server', [...signed, ...names]), client: make('client', signed) });
  return {
    ca: ca.certificate,
    ...issue(),
    renew: () => {
      issue();
    },
    remove: () => {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
