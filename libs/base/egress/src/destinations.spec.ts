import { callerPorts, type EgressPolicy, neutralDenial } from './index';
import { closing, egress, failure, serve, text } from '../testing/loopback';

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe('what may be reached', () => {
  it.each<[name: string, policy: EgressPolicy, host: string]>([
    ['loopback with private networks', { privateNetworks: true }, '127.0.0.1'],
    ['localhost by name', { privateNetworks: true }, 'localhost'],
    ['a listed network', { allowedNetworks: ['127.0.0.0/8'] }, '127.0.0.1'],
    ['a listed host', { allowedHosts: ['127.0.0.1'] }, '127.0.0.1'],
    ['an insecure host by name', { privateNetworks: true, insecureHosts: ['*.example'] }, 'registry.example'],
    ['a listed host by name', { allowedHosts: ['registry.example'], insecureHosts: ['*'] }, 'registry.example'],
  ])('reaches %s', async (_name, policy, host) => {
    const base = await serve((_request, response) => response.end('hello'));
    const url = base.replace('127.0.0.1', host);
    const resolve = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
    const answer = await egress(policy, { resolve }).request({ url });
    expect([answer.status, await text(answer)]).toEqual([200, 'hello']);
  });

  it('checks every address a name resolves to', async () => {
    const resolve = () =>
      Promise.resolve([
        { address: '93.184.215.14', family: 4 },
        { address: '10.0.0.5', family: 4 },
      ]);
    const error = await failure(egress({}, { resolve }).request({ url: 'https://registry.example/' }));
    expect(error).toMatchObject({ code: 'egress-denied' });
    expect(error.message).not.toContain('10.0.0.5');
  });

  it('connects to the address it checked: a name with changing addresses is resolved once per connection', async () => {
    let hits = 0;
    const base = await serve((_request, response) => {
      hits++;
      response.end();
    });
    const answers = ['93.184.215.14', '127.0.0.1'];
    let lookups = 0;
    const resolve = () => Promise.resolve([{ address: answers[Math.min(lookups++, 1)]!, family: 4 }]);
    const url = base.replace('127.0.0.1', 'rebinding.example');
    const strict = egress({ insecureHosts: ['*'] }, { resolve, limits: { retries: 0, connectMillis: 200 } });
    await failure(strict.request({ url }));
    expect([lookups, hits]).toEqual([1, 0]);
    expect(await failure(strict.request({ url }))).toMatchObject({ code: 'egress-denied' });
    expect(hits).toBe(0);
  });

  it('resolves by the system', async () => {
    const base = await serve((_request, response) => response.end('hello'));
    const answer = await egress().request({ url: base.replace('127.0.0.1', 'localhost') });
    expect(await text(answer)).toBe('hello');
  });

  it('a name without addresses', async () => {
    const none = egress({}, { resolve: () => Promise.resolve([]), limits: { retries: 0 } });
    expect(await failure(none.request({ url: 'https://nowhere.example/' }))).toMatchObject({ reason: 'name' });
  });

  it('reports a name that is not known', async () => {
    let lookups = 0;
    const resolve = () => {
      lookups++;
      return Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    };
    const error = await failure(egress({}, { resolve }).request({ url: 'https://nowhere.example/' }));
    // The same error for every unknown name that a caller gives, but still retryable.
    expect(error).toMatchObject({ code: 'egress-denied', reason: 'name', retryable: true });
    expect(error.message).toContain('nowhere.example cannot be reached: the name is not known');
    expect(lookups).toBe(1);
  });

  it.each([
    ['metadata by name', '169.254.169.254', 4],
    ['loopback by name', '127.0.0.1', 4],
    ['loopback by name, IPv6', '::1', 6],
    ['a private address by name', '10.1.2.3', 4],
    ['a private address in IPv6', '::ffff:10.1.2.3', 6],
    ['a private address behind NAT64', '64:ff9b::a01:203', 6],
    ['metadata of another cloud', 'fd00:ec2::254', 6],
    ['what is not an address', 'registry.example', 4],
  ])(
    '%s is denied when its name is resolved, and the error does not name the address',
    async (_name, address, family) => {
      const resolve = () => Promise.resolve([{ address, family }]);
      const error = await failure(egress({}, { resolve }).request({ url: 'https://registry.example/' }));
      expect(error.code).toBe('egress-denied');
      expect(error.message).not.toContain(address === 'registry.example' ? '#' : address);
    },
  );
});

describe('an address is rejected when it is given', () => {
  const inside = { resolve: () => Promise.resolve([{ address: '10.0.0.5', family: 4 }]) };
  const unknown = { resolve: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })) };
  const silent = { resolve: () => Promise.resolve([]) };
  const limits = { denialMillis: 0 };

  it.each([
    ['a name of an inside address', {}, 'https://hooks.example/x', inside],
    ['a name that nobody knows', {}, 'https://hooks.example/x', unknown],
    ['a name without addresses', {}, 'https://hooks.example/x', silent],
    ['the metadata address', {}, 'https://169.254.169.254/latest', {}],
    ['loopback', {}, 'https://127.0.0.1/', {}],
    ['a port that is not listed', { ports: callerPorts() }, 'https://hooks.example:8443/', {}],
    ['plain http', {}, 'http://hooks.example/', {}],
  ])('%s, in the same words', async (_name, policy: EgressPolicy, url, options) => {
    const error = await failure(egress(policy, { ...options, limits }).checkResolved(['https://93.184.215.14/', url]));
    expect([error.code, error.message]).toEqual(['egress-denied', neutralDenial]);
  });

  const hosts = (count: number): string[] => Array.from({ length: count }, (_, at) => `https://h${at}.example/`);

  it('looks names up side by side', async () => {
    const waiting: (() => void)[] = [];
    const resolve = async () => {
      // No lookup is answered before all have started.
      await new Promise<void>((go) => {
        waiting.push(go);
        if (waiting.length === 16) for (const each of waiting) each();
      });
      return [{ address: '93.184.215.14', family: 4 }];
    };
    await egress({}, { resolve, limits }).checkResolved(hosts(16));
    expect(waiting).toHaveLength(16);
  });

  it('of more hosts than an image needs, before any name is looked up', async () => {
    let lookups = 0;
    const resolve = () => {
      lookups++;
      return Promise.resolve([{ address: '93.184.215.14', family: 4 }]);
    };
    const error = await failure(egress({}, { resolve, limits }).checkResolved(hosts(17)));
    expect([error.code, lookups]).toEqual(['limit-exceeded', 0]);
  });

  it('of a name that no resolver answers for, when the time is over', async () => {
    const resolve = () => new Promise<never>(() => undefined);
    const impatient = egress({}, { resolve, limits: { ...limits, resolveMillis: 1 } });
    const error = await failure(impatient.checkResolved(hosts(16)));
    expect([error.code, error.message]).toEqual(['egress-denied', neutralDenial]);
  });

  it('and accepted when it may be reached; each name is looked up once', async () => {
    const asked: string[] = [];
    const resolve = (name: string) => {
      asked.push(name);
      return Promise.resolve([{ address: '93.184.215.14', family: 4 }]);
    };
    const open = egress({ ports: callerPorts([8443]) }, { resolve, limits });
    await open.checkResolved(['https://a.example:8443/1', 'https://a.example:8443/2', 'https://b.example/']);
    expect(asked).toEqual(['a.example', 'b.example']);
  });
});
