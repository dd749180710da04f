import { HttpError, type HttpClient, type HttpRequest, type HttpResponse } from '../../ports/index.ts';
import { allowedUrl, redirectTarget } from './address.ts';
import { exchange, type Limits, type Surroundings } from './exchange.ts';
import { Watch } from './watch.ts';

export interface HttpClientOptions extends Omit<Surroundings, 'limits'> {
  readonly limits?: Limits;
}

const usualLimits: Limits = { connectMs: 30_000, idleMs: 60_000 };

const maxRedirects = 5;

/** Headers that are meant for the server that was asked first. */
const personal = ['authorization', 'cookie'];

/** HTTP by Node's own client: a connection for each request, over the proxy and with the trust that the platform link has. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const surroundings: Surroundings = { ...options, limits: options.limits ?? usualLimits };
  return {
    async request(request, cancel) {
      let [url, current] = [allowedUrl(request.url), request];
      for (let redirects = 0; ; redirects += 1) {
        const response = await exchange(url, current, new Watch(cancel, options.clock), surroundings);
        const location = response.headers.get('location');
        const target = location === undefined || !isRedirect(current, response) ? null : targetOf(url, location, response);
        if (target === null || !mayFollow(url, target, current)) return response;
        response.close();
        if (redirects === maxRedirects) throw new HttpError('refused-url', `${url.host} sends on more than ${maxRedirects} times`);
        current = target.origin === url.origin ? current : { ...current, headers: withoutPersonal(current) };
        url = target;
      }
    },
  };
}

/** 301 to 303 would turn a POST into a GET, which nobody here means. */
const isRedirect = ({ method }: HttpRequest, { status }: HttpResponse): boolean =>
  [307, 308].includes(status) || (method === 'GET' && [301, 302, 303].includes(status));

/** What is sent was meant for the server that was asked. */
const mayFollow = (from: URL, to: URL, { method }: HttpRequest): boolean => method === 'GET' || from.origin === to.origin;

function targetOf(from: URL, location: string, response: HttpResponse): URL {
  try {
    return redirectTarget(from, location);
  } catch (error) {
    response.close();
    throw error;
  }
}

function withoutPersonal({ headers = {} }: HttpRequest): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !personal.includes(name.toLowerCase())));
}
