import { positionOfUuid, uuidOfPosition } from './uuid-position';

describe('positions as UUIDs', () => {
  it.each(['0', '1', '499', '3.17', '281474976710655', '12345678901234.12345678901234'])('%s', (position) => {
    const uuid = uuidOfPosition(position);
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(positionOfUuid(uuid)).toBe(position);
  });

  it.each(['x', '1'.repeat(30)])('%s has none', (position) => {
    expect(() => uuidOfPosition(position)).toThrow(TypeError);
  });

  it.each([
    '',
    'ffffffff-ffff-8fff-8fff-ffffffffffff',
    'bbffffff-ffff-8fff-8fff-ffffffffffff',
    'aaffffff-ffff-8fff-8fff-ffffffffffff',
    '1f1fffff-ffff-8fff-8fff-ffffffffffff',
    '1fffffff-ffff-4fff-8fff-ffffffffffff',
  ])('"%s" is no position', (uuid) => {
    expect(() => positionOfUuid(uuid)).toThrow(expect.objectContaining({ code: 'invalid-input' }) as Error);
  });
});
