import { spawn } from 'node:child_process';
import { errorCode } from '../files';
import { parseJson, textMember } from '../json';
import type { CredentialLookup } from './credentials';

/** A helper may ask its user to unlock a key chain. */
const helperMillis = 30_000;
const maxAnswerBytes = 64 * 1024;

interface HelperAnswer {
  readonly status: number | null;
  readonly output: Uint8Array;
  readonly failure?: string;
}

/**
 * Asks `docker-credential-NAME get` for a server's credentials.
 * https://github.com/docker/docker-credential-helpers
 */
export async function askHelper(name: string, server: string, millis = helperMillis): Promise<CredentialLookup> {
  const program = `docker-credential-${name}`;
  if (!/^[\w.-]{1,100}$/.test(name))
    return { note: `The credential helper ${JSON.stringify(name)} has no proper name` };
  const { status, output, failure } = await run(program, server, millis);
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
    answer = parseJson(output, program);
  } catch {
    return { note: `The answer of ${program} is not JSON` };
  }
  const username = textMember(answer, 'Username');
  const secret = textMember(answer, 'Secret');
  if (username === undefined || secret === undefined) return {};
  if (username === '<token>') return { credentials: { kind: 'identity-token', token: secret } };
  return { credentials: { kind: 'password', username, password: secret } };
}

function run(program: string, input: string, millis: number): Promise<HelperAnswer> {
  return new Promise((resolve) => {
    const child = spawn(program, ['get'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: millis,
      killSignal: 'SIGKILL',
    });
    const chunks: Buffer[] = [];
    let size = 0;
    const fail = (failure: string): void => {
      resolve({ status: null, output: new Uint8Array(), failure });
    };
    child.on('error', (error) => {
      fail(errorCode(error) === 'ENOENT' ? 'is not installed' : `could not be started: ${errorCode(error)}`);
    });
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxAnswerBytes) chunks.push(chunk);
      else child.kill('SIGKILL');
    });
    child.on('close', (status, signal) => {
      if (size > maxAnswerBytes) fail('answered too much');
      else if (signal !== null) fail('did not answer in time');
      else resolve({ status, output: Buffer.concat(chunks) });
    });
    child.stdin.on('error', () => undefined); // a helper may end without reading
    child.stdin.end(input);
  });
}
