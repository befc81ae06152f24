// The one way to the server. Every call goes to /api/v1 on the same origin; a failure is a
// `Problem`, thrown, so that screens print what the server says and nothing else.
import createClient from 'openapi-fetch';
import type { paths } from './schema';
import type { Problem } from './types';

const client = createClient<paths>({ baseUrl: '/api/v1' });

/** A refusal or failure, in the server's words. */
export class Refused extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }
}

/** What happens when the server says that nobody is signed in. */
let onSignedOut = () => {};
export function whenSignedOut(act: () => void) {
  onSignedOut = act;
}

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The data of an answer, or its problem thrown. */
export async function got<T>(answer: Promise<Answer<T>>): Promise<T> {
  let settled: Answer<T>;
  try {
    settled = await answer;
  } catch {
    throw new Refused(unreachable());
  }
  if (settled.response.ok) return settled.data as T;
  const problem = asProblem(settled.error, settled.response);
  if (problem.status === 401 && problem.code === 'session-required') onSignedOut();
  throw new Refused(problem);
}

/** Any error as a problem. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Refused) return error.problem;
  return { ...unreachable(), code: 'workbench', title: '', detail: String(error) };
}

function unreachable(): Problem {
  return {
    type: 'urn:oriel:problem:unreachable',
    title: '',
    detail: '',
    status: 0,
    code: 'unreachable',
    trace_id: '',
  };
}

function asProblem(body: unknown, response: Response): Problem {
  if (typeof body === 'object' && body !== null && 'code' in body) return body as Problem;
  return {
    ...unreachable(),
    code: `http-${response.status}`,
    status: response.status,
    trace_id: response.headers.get('x-request-id') ?? '',
  };
}

/** `If-Match` of a version. */
export const match = (version: number) => `"${version}"`;

export const api = client;
