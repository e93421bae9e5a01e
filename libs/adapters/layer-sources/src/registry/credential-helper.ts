import { spawn } from 'node:child_process';
import { errorCode } from '../files';
import { parseBounded, textMember } from '../json';
import type { CredentialLookup } from './credential-lookup';

type Environment = Readonly<Record<string, string | undefined>>;

export interface HelperOptions {
  /** Where the helper is searched for and what it runs with. */
  readonly env: Environment;
  /** A helper may ask its user to unlock a key chain. Default: 30 s. */
  readonly millis?: number;
}

const maxAnswerBytes = 64 * 1024;

interface HelperAnswer {
  readonly status: number | null;
  readonly output: Uint8Array;
  readonly failure?: string;
}

/**
 * Runs `docker-credential-NAME get` for a server's credentials.
 * https://github.com/docker/docker-credential-helpers
 */
export async function askHelper(name: string, server: string, options: HelperOptions): Promise<CredentialLookup> {
  const program = `docker-credential-${name}`;
  if (!/^[\w.-]{1,100}$/.test(name))
    return { note: `The credential helper ${JSON.stringify(name)} has no proper name` };
  const { status, output, failure } = await run(program, server, options);
  if (failure !== undefined) return { note: `${program} ${failure}` };
  const text = Buffer.from(output).toString('utf8').trim();
  if (status !== 0) {
    return /credentials not found/i.test(text) ? {} : { note: `${program} failed: ${text.slice(0, 200)}` };
  }
  return readAnswer(output, program);
}

function readAnswer(output: Uint8Array, program: string): CredentialLookup {
  let answer: unknown;
  try {
    answer = parseBounded(output, program);
  } catch {
    return { note: `The answer of ${program} is not JSON` };
  }
  const username = textMember(answer, 'Username');
  const secret = textMember(answer, 'Secret');
  if (username === undefined || secret === undefined) return {};
  if (username === '<token>') return { credentials: { kind: 'identity-token', token: secret } };
  return { credentials: { kind: 'password', username, password: secret } };
}

function run(program: string, input: string, { env, millis = 30_000 }: HelperOptions): Promise<HelperAnswer> {
  return new Promise((resolve) => {
    const child = spawn(program, ['get'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
    const chunks: Buffer[] = [];
    let size = 0;
    // Ends at once, even if a child process of the helper still holds its pipes.
    const fail = (failure: string): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      child.stdin.destroy();
      child.stdout.destroy();
      resolve({ status: null, output: new Uint8Array(), failure });
    };
    const timer = setTimeout(() => {
      fail('did not answer in time');
    }, millis);
    child.on('error', (error) => {
      fail(errorCode(error) === 'ENOENT' ? 'is not installed' : `could not be started: ${errorCode(error)}`);
    });
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > maxAnswerBytes) fail('answered too much');
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ status, output: Buffer.concat(chunks) });
    });
    child.stdin.on('error', () => undefined); // a helper may exit without reading
    child.stdin.end(input);
  });
}
