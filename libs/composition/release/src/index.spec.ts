import { clarionVersion, userAgent } from './index';

describe('a build that runs from its sources', () => {
  it('has a version that no release has, and names it to servers', () => {
    expect([clarionVersion, userAgent]).toEqual(['0.0.0-source', 'clarion/0.0.0-source']);
  });
});
