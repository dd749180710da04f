import { z } from 'zod';

import { readDataFolder } from '../data-folder/data-folder.ts';
import { messageOf, StartError } from '../errors.ts';
import type { CommandIo } from './io.ts';
import { CommandFailure, UsageError } from './io.ts';

/** How a command finds the platform. */
export interface TargetOptions {
  readonly data?: string;
  readonly url?: string;
  readonly token?: string;
}

const errorBody = z.object({ code: z.string(), message: z.string() });

async function fromDataFolder(folder: string): Promise<{ readonly url: string | null; readonly token: string | null }> {
  const { credentials, endpoint } = await readDataFolder(folder).catch((error: unknown) => {
    throw error instanceof StartError ? new UsageError(error.message) : error;
  });
  if (credentials === null) throw new UsageError(`${folder} is no data folder of a jabra-platform`);
  return { url: endpoint?.httpUrl ?? null, token: credentials.adminToken };
}

/** What was named on the command line counts before the folder, and the folder before the environment. */
async function resolveTarget({ data, url, token }: TargetOptions, env: CommandIo['env']): Promise<{ readonly url: string; readonly token: string }> {
  const folder = data === undefined ? { url: null, token: null } : await fromDataFolder(data);
  const chosen = {
    url: url ?? folder.url ?? (data === undefined ? env['JABRA_PLATFORM_URL'] : undefined),
    token: token ?? folder.token ?? env['JABRA_PLATFORM_TOKEN'],
  };
  if (chosen.url === undefined && data !== undefined) throw new CommandFailure(`no platform is running on ${data}`);
  const problems: string[] = [];
  if (chosen.url === undefined) problems.push('where is the platform? Give --data DIR, or --url URL, or set JABRA_PLATFORM_URL');
  else if (!/^https?:\/\/[^/]/.test(chosen.url) || !URL.canParse(chosen.url)) problems.push('the URL of the platform must be http:// or https://');
  if (chosen.token === undefined) problems.push('a token is needed: give --data DIR, or --token TOKEN, or set JABRA_PLATFORM_TOKEN');
  if (chosen.url === undefined || chosen.token === undefined || problems.length > 0) throw new UsageError(...problems);
  return { url: chosen.url.replace(/\/+$/, ''), token: chosen.token };
}

export type Query = Readonly<Record<string, string | number | undefined>>;

/** The HTTP API as a command sees it: JSON in and out, a refusal is an exception with the platform's own words. */
export class ApiClient {
  readonly #url: string;
  readonly #token: string;
  readonly #signal: AbortSignal;

  private constructor(url: string, token: string, signal: AbortSignal) {
    this.#url = url;
    this.#token = token;
    this.#signal = signal;
  }

  /** @throws UsageError, CommandFailure */
  static async for(options: TargetOptions, io: CommandIo): Promise<ApiClient> {
    const { url, token } = await resolveTarget(options, io.env);
    return new ApiClient(url, token, io.signal);
  }

  get<T>(path: string, schema: z.ZodType<T>, query: Query = {}): Promise<T> {
    const given = new URLSearchParams();
    for (const [key, value] of Object.entries(query)) if (value !== undefined) given.set(key, String(value));
    const text = given.toString();
    return this.#request('GET', text === '' ? path : `${path}?${text}`, undefined, schema);
  }

  send<T>(method: 'POST' | 'PATCH' | 'DELETE', path: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
    return this.#request(method, path, body, schema);
  }

  async #request<T>(method: string, path: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
    const response = await this.#fetch(method, path, body);
    const text = await response.text();
    const value: unknown = text === '' ? undefined : parseJson(text);
    if (response.ok) {
      const parsed = schema.safeParse(value);
      if (parsed.success) return parsed.data;
      throw new CommandFailure(`${this.#url} answered something that is not understood: is it a jabra-platform of this version?`);
    }
    const { data } = errorBody.safeParse(value);
    const message = data?.message ?? `${this.#url} answered with HTTP status ${response.status}`;
    throw data?.code === 'invalid' ? new UsageError(message) : new CommandFailure(message);
  }

  async #fetch(method: string, path: string, body: unknown): Promise<Response> {
    const content = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const headers = { ...content.headers, authorization: `Bearer ${this.#token}` };
    try {
      return await fetch(`${this.#url}/api/v1${path}`, { method, ...content, headers, signal: this.#signal, redirect: 'error' });
    } catch (error) {
      if (this.#signal.aborted) throw error;
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      throw new CommandFailure(`${this.#url} cannot be reached: ${messageOf(cause)}`, { cause: error });
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
