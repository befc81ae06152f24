// One walk through the workbench in a real browser, over a real server on a store of its own.
//
// - In: ORIEL, the program; CHROMIUM, the browser (default /usr/bin/chromium).
// - It signs in by link, decides a hit by the keyboard alone, has a second person check another,
//   walks every screen in both themes, has the officer answer a person, has a copy held and let go,
//   a link looked at again and a legal profile put in force with a passkey, and then asks the store:
//   the decisions are there and the audit log holds them.
// - On every screen: no axe finding, no console error, no request to anywhere else.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

const program = process.env.ORIEL ?? '';
if (!program) throw new Error('ORIEL must name the program; `cargo xtask test` does that');
const folder = mkdtempSync(join(tmpdir(), 'oriel-browser-'));
const data = join(folder, 'store');
/** @type {string[]} */
const complaints = [];

/** @param {boolean} claim @param {string} what */
function check(claim, what) {
  if (!claim) throw new Error(what);
  console.log(`ok  ${what}`);
}

/** @param {string[]} words */
function oriel(...words) {
  return execFileSync(program, words, { encoding: 'utf8' });
}

function stats() {
  return JSON.parse(oriel('stats', '--data', data, '--format', 'json'));
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
  const address = server.address();
  server.close();
  if (typeof address !== 'object' || !address) throw new Error('no port is free');
  return address.port;
}

/**
 * Starts the demonstration and waits for the links that it prints.
 * @param {number} port
 */
async function serve(port) {
  const listen = `127.0.0.1:${port}`;
  const words = ['demo', '--data', data, '--travellers', '2000', '--listen', listen];
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  /** @type {Record<string, string>} */
  const links = {};
  await new Promise((done, fail) => {
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += chunk;
      for (const [, who, link] of text.matchAll(/^ +(\w+) +(http:\/\/\S+)$/gm)) {
        if (who && link) links[who] = link;
      }
      if (text.includes('Ctrl-C')) done(undefined);
    });
    child.on('exit', (code) => fail(new Error(`the server ended with ${code}\n${text}`)));
  });
  return { process: child, links };
}

/**
 * A page that notes every error and every request that leaves the server.
 * @param {import('playwright-core').BrowserContext} context @param {string} origin
 */
async function open(context, origin) {
  const page = await context.newPage();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== 'data:') {
      complaints.push(`request to ${url.origin}`);
    }
  });
  return page;
}

/** @param {import('playwright-core').Page} page @param {string} where */
async function axe(page, where) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const v of violations) {
    complaints.push(
      `axe, ${where}: ${v.id} at ${v.nodes.map((n) => n.target.join(' ')).join('; ')}`,
    );
  }
}

/**
 * A screen that is open already, in both themes.
 * @param {import('playwright-core').Page} page @param {string} where
 */
async function themes(page, where) {
  for (const theme of /** @type {const} */ (['light', 'dark'])) {
    await page.emulateMedia({ colorScheme: theme });
    await page.locator(`[data-theme=${theme}]`).waitFor();
    await axe(page, `${where}, ${theme}`);
  }
  console.log(`ok  ${where} in both themes`);
}

/** @param {import('playwright-core').Page} page @param {string} link */
async function signIn(page, link) {
  await page.goto(link);
  await page.locator('tbody tr[aria-selected]').first().waitFor();
  check(!page.url().includes('sign-in'), 'the one-time link signs in and is gone from the address');
}

/**
 * Which API calls the page made, as `METHOD path`.
 * @param {import('playwright-core').Page} page
 */
function calls(page) {
  /** @type {string[]} */
  const made = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/api/')) made.push(`${request.method()} ${pathname}`);
  });
  return made;
}

/** @param {import('playwright-core').Page} page */
async function byKeyboard(page) {
  const before = stats();
  const made = calls(page);
  // Open the first case, "not the same", its first reason, sign: four keys.
  await page.keyboard.press('Enter');
  await page.locator('.facts tbody tr').first().waitFor();
  await page.locator('.segments mark').first().waitFor();
  check(true, 'the case shows its facts and the bytes they come from');
  await page.keyboard.press('Digit2');
  await page.keyboard.press('KeyA');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('button', { name: 'Take back' }).waitFor();
  check(!made.some((call) => call.endsWith('/decision')), 'nothing is signed during the hold');
  await page.keyboard.press('KeyZ');
  await page.getByRole('button', { name: 'Take back' }).waitFor({ state: 'detached' });
  check(stats().decisions === before.decisions, 'a decision taken back was never made');
  await page.keyboard.press('Control+Enter');
  await page.locator('.decided').waitFor({ timeout: 15_000 });
  check(made.filter((call) => call.endsWith('/decision')).length === 1, 'signed once');
  check((stats().decisions ?? 0) === (before.decisions ?? 0) + 1, 'the store has the decision');
}

/**
 * @param {import('playwright-core').Page} first
 * @param {import('playwright-core').Page} second
 */
async function secondCheck(first, second) {
  await first.keyboard.press('KeyG');
  await first.keyboard.press('KeyQ');
  await first.locator('tbody tr[aria-selected]').first().waitFor();
  await first.keyboard.press('Shift+KeyC');
  await first.locator('.facts tbody tr').first().waitFor();
  const address = first.url();
  await first.keyboard.press('Digit1');
  await first.keyboard.press('KeyS');
  await first.keyboard.press('Control+Enter');
  await first.getByText('Waits for a second person.').waitFor();
  check(true, 'a "same" waits for a second person');
  // The case must be free for the other one to take.
  await first.keyboard.press('KeyU');
  await first.getByRole('button', { name: 'Claim' }).waitFor();
  await second.goto(address);
  await second.getByText('second check, first verdict hidden').waitFor();
  check((await second.locator('.decided').count()) === 0, 'the second person decides blind');
  await second.keyboard.press('Digit1');
  await second.keyboard.press('KeyA');
  await second.keyboard.press('Control+Enter');
  await second.locator('.decided').nth(1).waitFor();
  check(true, 'both decisions show once the second is signed');
  return new URL(address).pathname.split('/').pop() ?? '';
}

/** @param {import('playwright-core').Page} page @param {string} origin */
async function screens(page, origin) {
  /** @param {string} name @param {string} path @param {string} wait */
  const visit = async (name, path, wait) => {
    await page.goto(origin + path);
    await page.locator(wait).first().waitFor();
    await themes(page, name);
  };
  await visit('queue', '/queue', 'tbody tr[aria-selected]');
  const found = await page.locator('tbody a').first().getAttribute('href');
  await visit('case', found ?? '', '.segments mark');
  await page.keyboard.press('KeyB');
  await axe(page, 'entry');
  await page.keyboard.press('KeyI');
  await axe(page, 'itinerary');
  await page.keyboard.press('KeyT');
  await axe(page, 'timeline');
  await visit('flights', '/flights', 'tbody tr[aria-selected]');
  const flight = await page.locator('tbody a').first().getAttribute('href');
  await visit('manifest', flight ?? '', 'tbody tr[aria-selected]');
  const person = await page.locator('tbody a').first().getAttribute('href');
  await visit('traveller', person ?? '', '.columns .table');
  const name = (await page.locator('h1').textContent()) ?? '';
  const line = await page.locator('a.source').first().getAttribute('href');
  await visit('message', line ?? '', '.segments mark');
  await visit('lists', '/lists', 'tbody tr');
  await visit('expected', '/expected', '.box');
  await visit('pushes', '/pushes', '.box');
  await visit('carriers', '/carriers', '.empty');
  await visit('account', '/account', '.box');
  await page.keyboard.press('Control+KeyK');
  await page.getByRole('combobox').waitFor();
  await axe(page, 'palette');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Shift+Slash');
  await page.getByRole('dialog').waitFor();
  await axe(page, 'shortcut map');
  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: 320, height: 640 });
  for (const path of ['/queue', '/flights', '/lists']) {
    await page.goto(origin + path);
    await page.locator('tbody tr').first().waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    check(wide <= 320, `${path} fits 320 px`);
  }
  return { name, traveller: new URL(person ?? '', origin).pathname.split('/').pop() ?? '' };
}

/**
 * A part of a push that does not come: the simulator's carriers send every part, so what the server
 * would say of one is put into its answers.
 * @param {import('playwright-core').Page} page
 */
async function missingPart(page) {
  const late = { part_due: '2020-01-01T06:30:00Z' };
  const waiting = [
    { reference: 'Z1', function: 'full_push', sent: null, missing: [2], has_last: false },
  ];
  await page.route(/\/api\/v1\/flights(\?|$)/, async (route) => {
    const answer = await route.fetch();
    const { data, ...rest } = await answer.json();
    const [first, ...others] = data;
    await route.fulfill({
      response: answer,
      json: { ...rest, data: [{ ...first, ...late }, ...others] },
    });
  });
  await page.route(/\/api\/v1\/flights\/jrn_/, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), ...late, waiting } });
  });
  await page.goto('/flights');
  await page.locator('tbody tr').first().getByText('part late').waitFor();
  await themes(page, 'flights, a part missing');
  await page.locator('tbody a').first().click();
  await page.getByText(/Part .*2.* has not come/).waitFor();
  await page.getByText(/late since .*2020-01-01/).waitFor();
  await themes(page, 'manifest, a part missing');
  await page.unrouteAll();
}

/**
 * @param {import('playwright-core').Page} page @param {string} link
 */
async function administers(page, link) {
  await page.goto(link);
  await page.locator('#invite-login').waitFor();
  await themes(page, 'accounts');
  await page.locator('#invite-login').fill('ines');
  await page.locator('#invite-name').fill('Ines Example');
  await page.getByRole('checkbox', { name: 'analyst' }).last().check();
  await page.getByRole('button', { name: 'Make the account' }).click();
  await page.locator('.once code').waitFor();
  check(
    (await page.locator('.once code').innerText()).includes('/#/sign-in/'),
    'an invitation gives a link, once',
  );
  const row = page.locator('tr', { hasText: 'ines' });
  check((await row.innerText()).includes('analyst'), 'its roles wait for another administrator');
  check(
    (await row.getByRole('button', { name: /^Approve/ }).count()) === 0,
    'nobody approves alone',
  );
  await page.getByRole('button', { name: 'ines', exact: true }).click();
  await axe(page, 'account of another');
}

/**
 * The data-protection officer answers a person: recorded, found, answered, by the keyboard where a
 * form is sent.
 * @param {import('playwright-core').Page} page @param {string} link @param {string} name
 */
async function answers(page, link, name) {
  await page.goto(link);
  await page.getByRole('link', { name: 'Unmasking' }).click();
  await page.getByText('Nobody has asked for masked values.').waitFor();
  await themes(page, 'unmasking');
  await page.getByRole('link', { name: 'Rights' }).click();
  await page.locator('#new-names').waitFor();
  await themes(page, 'rights');
  await page.locator('#new-identity').fill('in-person');
  await page.locator('#new-names').fill(name);
  await page.keyboard.press('Enter');
  await page.getByRole('checkbox', { name: 'Look in everything' }).check();
  await page.getByRole('button', { name: 'Find', exact: true }).click();
  await page.locator('article').first().waitFor();
  await axe(page, 'rights, found');
  check(!page.url().includes('='), 'the address says nothing about a person');
  await page.getByRole('checkbox', { name: 'payments' }).check();
  await page.getByRole('button', { name: 'Answer with the marked records' }).click();
  await page.getByRole('button', { name: 'Print' }).waitFor();
  await axe(page, 'rights, answered');
  check(
    (await page.getByText(/^Left out: .*payments/).count()) === 1,
    'the answer says what was left out',
  );
}

/**
 * The legal officer keeps a copy for a case and lets it go, and looks again at what the second check
 * tied to an offence.
 * @param {import('playwright-core').Page} page @param {string} link
 * @param {string} of the case @param {string} traveller
 */
async function keeps(page, link, of, traveller) {
  await page.goto(link);
  await page.getByRole('link', { name: 'Holds' }).click();
  await page.getByText('Nothing is held.').waitFor();
  check(
    (await page.getByRole('link', { name: 'Queue', exact: true }).count()) === 0,
    'no way to what is not hers',
  );
  await page.locator('#hold-purpose').fill(`case=${of}`);
  await page.locator('#hold-traveller').fill(traveller);
  await page.locator('#hold-authority').fill('court-of-utopia');
  await page.locator('#hold-reason').fill('An invented case.');
  await page.locator('#hold-ends').fill('2031-01-01T00:00:00Z');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^See the copy/ }).click();
  await page.getByRole('heading', { name: 'What the hold keeps' }).waitFor();
  await themes(page, 'holds');
  await page.getByRole('button', { name: /^Lift .*case=/ }).click();
  await page.getByText('Nothing is held.').waitFor();
  check(true, 'a copy is held for a case, read for it, and let go');
  await page.getByRole('link', { name: 'Links' }).click();
  await page.locator('#link-purpose').fill(`case=${of}`);
  await themes(page, 'links');
  await page.getByRole('button', { name: /^Lift .*hit_/ }).click();
  await page.getByText('No record is kept for a link').waitFor();
  check(true, 'a link to an offence is looked at again and lifted');
}

/**
 * One proposes a legal profile, another puts it in force; where a fresh proof is wanted, a passkey
 * gives it and what was asked for is done. That the server wants one is acted here once: a quarter
 * of an hour would have to pass.
 * @param {import('playwright-core').Page} proposer @param {import('playwright-core').Page} page
 */
async function law(proposer, page) {
  await proposer.goto('/profiles');
  await proposer.getByRole('button', { name: /^utopia, / }).click();
  await proposer.getByText('Text of the profile').first().click();
  const text = (await proposer.locator('pre').textContent()) ?? '';
  const amended = text
    .replace(/^version = ".*"/m, 'version = "9"')
    .replace('gate_closes_minutes = { value = 15', 'gate_closes_minutes = { value = 20');
  await proposer.locator('#profile-toml').fill(amended);
  await proposer.getByRole('button', { name: 'Propose', exact: true }).click();
  await proposer.getByText('waits for another person', { exact: true }).waitFor();
  await proposer.getByRole('button', { name: 'utopia, 9' }).click();
  await proposer.getByText('In what it differs').waitFor();
  await themes(proposer, 'profiles');
  const own = proposer.getByRole('button', { name: 'Put this text in force' });
  check((await own.count()) === 0, 'who proposed a profile does not put it in force');

  const authenticator = await page.context().newCDPSession(page);
  await authenticator.send('WebAuthn.enable');
  await authenticator.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await page.goto('/account');
  await page.locator('#key-name').fill('laptop');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^Remove .*laptop/ }).waitFor();

  await page.goto('/profiles');
  await page.getByRole('button', { name: 'utopia, 9' }).click();
  const row = page.locator('tr', { hasText: 'act_by.gate_closes_minutes' });
  const change = (await row.textContent()) ?? '';
  check(change.includes('15') && change.includes('20'), 'both values stand beside each other');
  const problem = { type: '', title: 'Stale', status: 403, code: 'fresh-required', trace_id: '' };
  const stale = { status: 403, contentType: 'application/problem+json', json: problem };
  await page.route('**/activation', (route) => route.fulfill(stale), { times: 1 });
  await page.getByRole('button', { name: 'Put this text in force' }).click();
  await page.getByRole('dialog').waitFor();
  await page.getByRole('button', { name: 'Use a passkey' }).waitFor();
  await axe(page, 'proof');
  const told = complaints.splice(0);
  check(
    told.length === 1,
    `the browser tells of the refusal and of nothing else: ${told.join('; ')}`,
  );
  const made = calls(page);
  await page.keyboard.press('Enter');
  await page
    .locator('tr', { hasText: 'utopia, 9' })
    .getByText('in force', { exact: true })
    .waitFor();
  const steps = made.filter((call) => call.startsWith('POST ')).map((call) => call.split('v1')[1]);
  check(
    steps.join() ===
      '/session/proof/passkey,/session/proof/passkey/answer,/profiles/utopia/9/activation',
    'a passkey proves who it is, and then the law is put in force',
  );
}

/**
 * @param {import('playwright-core').Browser} browser
 * @param {Record<string, string>} links
 * @param {string} origin
 */
async function walk(browser, links, origin) {
  const options = { viewport: { width: 1366, height: 768 }, baseURL: origin };
  const analyst = await open(await browser.newContext(options), origin);
  await signIn(analyst, links.analyst ?? '');
  await byKeyboard(analyst);
  const other = await open(await browser.newContext(options), origin);
  await signIn(other, links.second ?? '');
  const checked = await secondCheck(analyst, other);
  const person = await screens(analyst, origin);
  await analyst.setViewportSize(options.viewport);
  await missingPart(analyst);
  const officer = await open(await browser.newContext(options), origin);
  await answers(officer, links.dpo ?? '', person.name);
  const admin = await open(await browser.newContext(options), origin);
  await administers(admin, links.admin ?? '');
  const legal = await open(await browser.newContext(options), origin);
  await keeps(legal, links.legal ?? '', checked, person.traveller);
  await law(admin, legal);
}

const port = await freePort();
const served = await serve(port);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
try {
  await walk(browser, served.links, `http://localhost:${port}`);
  served.process.removeAllListeners('exit');
  served.process.kill('SIGTERM');
  const log = join(folder, 'audit');
  oriel('audit', 'export', '--data', data, '--out', log);
  const files = readdirSync(join(log, 'events')).map((name) => join(log, 'events', name));
  const events = files.flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  const decisions = events.filter(
    (line) => line.includes('"hit.decide"') && line.includes('verdict='),
  );
  check(decisions.length === 3, 'the audit log holds three decisions');
  check(
    decisions.every((line) => line.includes('case=case_')),
    'each with its purpose',
  );
  oriel('audit', 'verify', '--data', data);
  check(true, 'the audit chain holds');
  if (complaints.length > 0) throw new Error(`the browser complains:\n${complaints.join('\n')}`);
  check(true, 'no axe finding, no console error, no request to anywhere else');
} finally {
  await browser.close();
  served.process.removeAllListeners('exit');
  served.process.kill();
  rmSync(folder, { recursive: true, force: true });
}
