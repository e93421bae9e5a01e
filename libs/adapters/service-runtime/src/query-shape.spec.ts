import { queryShape } from './query-shape';

describe('queryShape', () => {
  it.each([
    [
      { find: 'images', filter: { _id: 'sha256:1', used: { $lt: 3 } } },
      '{"find":"?","filter":{"_id":"?","used":{"$lt":"?"}}}',
    ],
    [
      { _id: 1, v: Buffer.alloc(9), many: [1, 2, 3], at: new Date(), none: null },
      '{"_id":"?","v":"?","many":"?","at":"?","none":"?"}',
    ],
    [{ a: { b: { c: { d: 1 } } } }, '{"a":{"b":{"c":"?"}}}'],
  ])('has no values: %j', (command, shape) => {
    expect(queryShape(command)).toBe(shape);
  });
});
