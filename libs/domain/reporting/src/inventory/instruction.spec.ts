import { base, imageOf, top } from '@clarion/test-kit/match-facts';
import { instructionOf, layerInstructions } from './instruction';

describe('the instruction of a build step', () => {
  test.each([
    ['/bin/sh -c apt-get update', 'RUN apt-get update'],
    ['/bin/sh -c #(nop) ADD file:1a2b in / ', 'ADD file:1a2b in /'],
    ['/bin/sh -c #(nop)  CMD ["bash"]', 'CMD ["bash"]'],
    ['RUN /bin/sh -c npm ci # buildkit', 'RUN npm ci'],
    ['RUN |1 NODE_ENV=production /bin/sh -c npm ci # buildkit', 'RUN npm ci'],
    ['|2 A=1 B=2 /bin/sh -c pip install .', 'RUN pip install .'],
    ['/bin/bash -ec make install', 'RUN make install'],
    ['COPY . /app # buildkit', 'COPY . /app'],
    ['RUN pip install flask', 'RUN pip install flask'],
    ['bazel build //image', 'bazel build //image'],
    ['', ''],
  ])('of %j is %j', (step, expected) => {
    expect(instructionOf(step)).toBe(expected);
  });

  test('is cut where it is long: each finding of the layer repeats it', () => {
    expect(instructionOf(`RUN ${'x'.repeat(1000)}`).length).toBeLessThanOrEqual(201);
  });
});

test('layers without a step have no instruction', () => {
  const { image, layers } = imageOf([]);
  expect([...layerInstructions({ image, layers })]).toEqual([[base, 'ADD rootfs']]);
  expect(layerInstructions({ image, layers }).get(top)).toBeUndefined();
});
