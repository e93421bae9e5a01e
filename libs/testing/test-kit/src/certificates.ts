import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
  /** Deletes the files. */
  remove(): void;
}

/** Creates certificates with `openssl`, version 3. */
export function makeCertificates(): TestCertificates {
  const directory = mkdtempSync(join(tmpdir(), 'clarion-certificates-'));
  const fileOf = (name: string): PemFile => {
    const path = join(directory, name);
    return { path, pem: readFileSync(path, 'utf8') };
  };
  const make = (name: string, further: readonly string[]): CertificateWithKey => {
    const key = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      join(directory, `${name}.key`),
    ];
    const certificate = ['-subj', `/CN=clarion ${name}`, '-days', '2', '-out', join(directory, `${name}.pem`)];
    execFileSync('openssl', ['req', '-x509', ...key, ...certificate, ...further], { stdio: 'ignore' });
    return { certificate: fileOf(`${name}.pem`), key: fileOf(`${name}.key`) };
  };
  const ca = make('ca', []);
  const signed = ['-CA', ca.certificate.path, '-CAkey', ca.key.path, '-addext', 'basicConstraints=critical,CA:FALSE'];
  const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  return {
    ca: ca.certificate,
    server: make('server', [...signed, ...names]),
    client: make('client', signed),
    remove: () => {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
