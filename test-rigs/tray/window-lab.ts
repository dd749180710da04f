import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { SituationName } from '@jpd/tray-ui/fake-main';
import { findProgram } from '../lab/find-program.ts';
import { projectFile } from '../lab/project-file.ts';

export type Look = 'light' | 'dark' | 'high-contrast';

export interface WindowOptions {
  readonly look?: Look;
  readonly language?: string;
  readonly width?: number;
  readonly height?: number;
  /** 2: each CSS pixel is two, as a screen at 200 % has it. */
  readonly scale?: number;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** What the development page offers on its `window`; named here since that page is no entry of a package. */
interface DevelopmentWindow {
  readonly fakeMain: { become(situation: unknown, language: string): void };
  readonly situations: Readonly<Record<string, unknown>>;
}

/** Turns an open window into another situation, without loading it again. */
export async function turnInto(page: Page, name: SituationName, language: string): Promise<void> {
  await page.evaluate(
    async ([situation, tongue]) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      const { fakeMain, situations } = window as unknown as DevelopmentWindow;
      fakeMain.become(situations[situation], tongue);
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      // What was asked of main is answered in a microtask, and drawn in the frame after.
      for (let frames = 0; frames < 4; frames += 1) await frame();
    },
    [name, language] as const,
  );
}

/** The page as it is built for a window, under the policy that a window has, in a real browser. */
export class WindowLab {
  readonly #folder = mkdtempSync(join(tmpdir(), 'jpd-tray-'));
  #server: Server | null = null;
  #browser: Browser | null = null;
  #origin = '';

  async start(): Promise<void> {
    const vite = projectFile('node_modules/vite/bin/vite.js');
    const built = spawnSync(
      process.execPath,
      [vite, 'build', '--config', projectFile('tray-ui/vite.config.ts'), '--outDir', this.#folder, '--logLevel', 'error'],
      {
        encoding: 'utf8',
      },
    );
    if (built.status !== 0) throw new Error(`the windows could not be built: ${built.stderr}`);
    this.#server = createServer((request, response) => {
      const path = normalize(new URL(request.url ?? '/', 'http://127.0.0.1').pathname).replace(/^\/$/u, '/index.html');
      try {
        const nonce = randomBytes(16).toString('base64');
        const content = readFileSync(join(this.#folder, path));
        response.writeHead(200, {
          'content-type': types[extname(path)] ?? 'application/octet-stream',
          'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'none'; base-uri 'none'; form-action 'none'`,
        });
        response.end(extname(path) === '.html' ? content.toString('utf8').replace('__CSP_NONCE__', nonce) : content);
      } catch {
        response.writeHead(404).end();
      }
    });
    const server = this.#server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.#origin = `http://127.0.0.1:${address.port}`;
    const executablePath = findProgram('chromium');
    if (executablePath === undefined) throw new Error('no chromium');
    this.#browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'] });
  }

  /** A window at a situation; what the page complains of, its policy's violations included, is in `problems`. */
  async open(name: SituationName, options: WindowOptions = {}): Promise<{ readonly page: Page; readonly problems: readonly string[] }> {
    const { look = 'light', language = 'en', width = 920, height = 640, scale = 1 } = options;
    if (!this.#browser) throw new Error('start() first');
    const context = await this.#browser.newContext({
      viewport: { width, height },
      deviceScaleFactor: scale,
      colorScheme: look === 'light' ? 'light' : 'dark',
      forcedColors: look === 'high-contrast' ? 'active' : 'none',
      reducedMotion: 'reduce',
      locale: language,
      timezoneId: 'UTC',
    });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(`${this.#origin}/?situation=${name}&language=${language}`);
    await page.waitForSelector('h1');
    return { page, problems };
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    const server = this.#server;
    if (server) await new Promise((resolve) => server.close(resolve));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
