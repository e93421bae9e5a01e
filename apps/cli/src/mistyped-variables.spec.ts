import { createProgram } from './program';
import { refuseMistyped } from './mistyped-variables';
import { settings } from './serve/config';

async function warningsWith(variables: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const before = { ...process.env };
  const written: string[] = [];
  const write = jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  try {
    for (const name of Object.keys(process.env)) {
      if (name.startsWith('CLARION_')) Reflect.deleteProperty(process.env, name);
    }
    Object.assign(process.env, variables);
    await refuseMistyped(createProgram());
    return written;
  } finally {
    write.mockRestore();
    process.env = before;
  }
}

describe('variables that no command reads', () => {
  it.each([
    ['CLARION_FAILON', 'CLARION_FAIL_ON'],
    ['CLARION_FIAL_ON', 'CLARION_FAIL_ON'],
    ['CLARION_ALLOW_INCOMPLET', 'CLARION_ALLOW_INCOMPLETE'],
    ['CLARION_DETECTOR_TOKN', 'CLARION_DETECTOR_TOKEN'],
  ])('%s is rejected: %s is intended', async (name, meant) => {
    await expect(warningsWith({ [name]: 'Low' })).rejects.toMatchObject({
      code: 'invalid-input',
      message: `Nothing reads the variable ${name}`,
      remedy: expect.stringContaining(meant) as string,
    });
  });

  it('do not include those that serve reads as the services do', async () => {
    const names = Object.values(settings).flatMap(({ env, secret }) =>
      secret === true ? [env, `${env}_FILE`] : [env],
    );
    expect(await warningsWith(Object.fromEntries(names.map((name) => [name, '127.0.0.1'])))).toEqual([]);
  });

  it.each(['CLARION_NATS_URL', 'CLARION_NO_UPDATES', 'CLARION_NONSENSE'])(
    '%s may be meant for a service: a warning',
    async (name) => {
      expect(await warningsWith({ [name]: 'x' })).toEqual([
        `clarion: warning: ${name} is not read by the command line\n`,
      ]);
    },
  );

  it.each(['CLARION_FAIL_ON', 'CLARION_NO_MATCH', 'CLARION_DEBUG', 'CLARION_DETECTOR_CA_FILE', 'CLARION', 'CLARIONET'])(
    'nothing is said of %s',
    async (name) => {
      expect(await warningsWith({ [name]: 'true' })).toEqual([]);
    },
  );
});
