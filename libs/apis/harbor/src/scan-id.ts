import { randomBytes } from 'node:crypto';
import { isDigest } from '@clarion/model';
import { z } from 'zod';
import type { Artifact } from './scan-request';

/** A scan, as its id states it: nothing has to be stored for an id to be valid after a restart and for other replicas. */
export interface Scan {
  readonly artifact: Artifact;
  /** When it was accepted, in milliseconds. */
  readonly at: number;
  /** Names the process that accepted it. */
  readonly process: string;
  /** Distinguishes scans of the same artifact. */
  readonly nonce: string;
}

const version = 1;
const longestId = 2048;

const parts = z.tuple([
  z.literal(version),
  z.int().nonnegative(),
  z.string(),
  z.string(),
  z.string(),
  z.string().refine(isDigest),
  z.string(),
  z.string().nullable(),
  z.number().nullable(),
]);

/** Another id each time, of characters that need no escape in an address. It contains no secret. */
export function newScan(artifact: Artifact, at: number, process: string): Scan {
  return { artifact, at, process, nonce: randomBytes(9).toString('base64url') };
}

export function scanIdOf({ artifact, at, process, nonce }: Scan): string {
  const { repository, digest, tag = null, mime_type: type, size = null } = artifact;
  const values: z.input<typeof parts> = [version, at, process, nonce, repository, digest, type, tag, size];
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** Undefined for any other text. */
export function parseScanId(id: string): Scan | undefined {
  if (id.length > longestId || !/^[\w-]+$/.test(id)) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(id, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  const parsed = parts.safeParse(json);
  if (!parsed.success) return undefined;
  const [, at, process, nonce, repository, digest, type, tag, size] = parsed.data;
  if (!isDigest(digest)) return undefined;
  const artifact = {
    ...{ repository, digest, mime_type: type },
    ...(tag === null ? {} : { tag }),
    ...(size === null ? {} : { size }),
  };
  return { artifact, at, process, nonce };
}
