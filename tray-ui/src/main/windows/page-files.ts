import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

export const pageScheme = 'app';
/** The origin of our windows: a scheme of its own, so that no page of the web and no file has it. */
export const pageOrigin = `${pageScheme}://tray`;

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

export interface PageFile {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/** Scripts of ours, styles of ours or with the nonce of this load, pictures of ours; nothing from anywhere else, and nowhere to send anything. */
const contentPolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

const refused: PageFile = { status: 404, headers: { 'content-type': 'text/plain' }, body: '' };

/** The file of the page that a window asks for: of `folder`, of a known type, by GET. The page itself gets a nonce that holds for this load only. */
export async function pageFile(folder: string, request: { readonly url: string; readonly method: string }): Promise<PageFile> {
  if (request.method !== 'GET' || !URL.canParse(request.url)) return refused;
  const { protocol, host, pathname } = new URL(request.url);
  if (`${protocol}//${host}` !== pageOrigin) return refused;
  const type = types[extname(pathname)];
  const path = pathOf(folder, pathname);
  if (type === undefined || path === null) return refused;
  const content = await readFile(path).catch(() => null);
  if (content === null) return refused;
  const nonce = randomBytes(18).toString('base64');
  const headers = {
    'content-type': type,
    'content-security-policy': contentPolicy(nonce),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  };
  const body = extname(pathname) === '.html' ? content.toString('utf8').replaceAll('__CSP_NONCE__', nonce) : content;
  return { status: 200, headers, body };
}

function pathOf(folder: string, pathname: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return null;
  const path = normalize(join(folder, decoded));
  return path.startsWith(`${folder}${sep}`) ? path : null;
}
