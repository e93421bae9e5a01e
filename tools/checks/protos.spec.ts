import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const detector = 'proto/clarion/detector/v1/detector.proto';
const generated = 'libs/base/proto/src/generated/clarion/detector/v1/detector.ts';

/** A copy of the input of the check, for faults. */
function workspace(): string {
  const copy = mkdtempSync(join(tmpdir(), 'clarion-protos-spec-'));
  for (const path of ['proto', 'libs/base/proto/src/generated', 'buf.yaml', 'buf.gen.yaml'])
    cpSync(join(root, path), join(copy, path), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

function protos(copy: string, ...args: string[]): { status: number | null; output: string } {
  const script = join(root, 'tools', 'checks', 'protos.mjs');
  const env = { ...process.env, CLARION_PROTOS_ROOT: copy };
  const done = spawnSync(process.execPath, [script, ...args], { env, encoding: 'utf8' });
  return { status: done.status, output: done.stderr };
}

describe('tools/checks/protos.mjs', () => {
  let copy: string;
  beforeEach(() => {
    copy = workspace();
  });
  afterEach(() => {
    rmSync(copy, { recursive: true, force: true });
  });

  const edit = (path: string, from: string, to: string): void => {
    const text = readFileSync(join(copy, path), 'utf8');
    expect(text).toContain(from);
    writeFileSync(join(copy, path), text.replace(from, to));
  };

  it('reports nothing for the committed state', () => {
    expect(protos(copy)).toEqual({ status: 0, output: '' });
  });

  it.each([
    ['a field that gets another number', detector, 'string id = 1;', 'string id = 9;', 'Clients would break'],
    ['a method that is gone', detector, 'rpc ListDetectors', 'rpc ListAll', 'Clients would break'],
    ['a name that is not in style', detector, 'message FileEnd', 'message file_end', 'buf lint'],
    ['code edited by hand', generated, 'DO NOT EDIT', 'edited', `${generated} is not what proto/ generates`],
    ['a new field without its code', detector, 'string id = 1;', 'string id = 1; string url = 9;', 'out of date'],
  ])('finds %s', (_, path, from, to, fault) => {
    edit(path, from, to);
    const { status, output } = protos(copy);
    expect(status).toBe(1);
    expect(output).toContain(fault);
  });

  it('renews code and image for what adds to the API, not for what breaks it', () => {
    edit(detector, 'string id = 1;', 'string id = 1; string url = 9;');
    expect(protos(copy, '--write').status).toBe(0);
    expect(protos(copy)).toEqual({ status: 0, output: '' });
    edit(detector, 'string url = 9;', '');
    expect(protos(copy, '--write').output).toContain('Clients would break');
  });
});
