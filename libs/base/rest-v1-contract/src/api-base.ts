/** In front of the paths of all calls. */
export const apiBase = '/api/v1';
