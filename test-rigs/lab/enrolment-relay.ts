import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { clientApiPaths, issuedCredentialSchema } from '@jpd/agent/contract';
import { closer, listenOnLoopback } from './brokers/listening.ts';

/** What passed: which action, with whose authorization, and how it was answered. */
export interface RelayedRequest {
  readonly action: string;
  readonly authorization: string | undefined;
  readonly body: string;
  readonly status: number;
}

/** Between agents and a platform's API for clients: sees what passes, and stands for a platform that is away or old. */
export interface EnrolmentRelay {
  readonly url: string;
  readonly passed: readonly RelayedRequest[];
  /** Secrets that were given, for searches of where they must not be. */
  readonly secrets: readonly string[];
  /** Null: requests pass. A number: they are answered with this status, as something that isn't the platform would. */
  answer: number | null;
  stop(): Promise<void>;
}

async function forward(target: string, request: IncomingMessage, body: string): Promise<{ readonly status: number; readonly body: string }> {
  const { authorization } = request.headers;
  const response = await fetch(`${target}${request.url ?? ''}`, {
    method: request.method ?? 'GET',
    headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
    body,
  });
  return { status: response.status, body: await response.text() };
}

export async function startEnrolmentRelay(target: string): Promise<EnrolmentRelay> {
  const passed: RelayedRequest[] = [];
  const secrets: string[] = [];
  const relay = { answer: null as number | null };
  const actionOf = (path: string): string => Object.entries(clientApiPaths).find(([, of]) => path === `/${of}`)?.[0] ?? path;
  const server = createServer((request, response) => {
    const pass = async (): Promise<void> => {
      const body = await text(request);
      const answer = relay.answer === null ? await forward(target, request, body) : { status: relay.answer, body: '<html>not the platform</html>' };
      passed.push({ action: actionOf(request.url ?? ''), authorization: request.headers.authorization, body, status: answer.status });
      const credential = answer.status === 201 ? issuedCredentialSchema.parse(JSON.parse(answer.body)) : null;
      if (credential?.kind === 'secret') secrets.push(credential.secret);
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    };
    pass().catch((error: unknown) => response.writeHead(502).end(String(error)));
  });
  const stop = closer(server);
  const port = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}`,
    passed,
    secrets,
    get answer() {
      return relay.answer;
    },
    set answer(status) {
      relay.answer = status;
    },
    stop,
  };
}
