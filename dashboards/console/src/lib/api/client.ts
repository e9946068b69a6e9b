// The one client of `/api/v1`. Every answer is either the data or a `Trouble` to be shown.
import createClient from 'openapi-fetch';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];
export const client = createClient<paths>({ baseUrl: '', credentials: 'same-origin' });

/** Why an answer did not come: the server's problem document, or no answer at all. */
export class Trouble extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly params: Record<string, unknown> = {},
    readonly requestId = ''
  ) {
    super(detail || code);
    this.name = 'Trouble';
  }
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Hands out the data, or throws `Trouble`. */
export async function ask<T>(answer: Promise<Answer<T>>): Promise<T> {
  let got: Answer<T>;
  try {
    got = await answer;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new Trouble(0, 'network', String(cause));
  }
  if (got.response.ok) return got.data as T;
  throw trouble(got.response, got.error);
}

function trouble(response: Response, body: unknown): Trouble {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Partial<Schemas['Problem']>;
  const fallback = response.status === 401 ? 'unauthenticated' : response.status === 404 ? 'not_found' : `http_${response.status}`;
  return new Trouble(
    response.status,
    problem.code ?? fallback,
    problem.detail ?? '',
    (problem.params ?? {}) as Record<string, unknown>,
    problem.request_id ?? response.headers.get('x-request-id') ?? ''
  );
}
