// Walks through the pages of a demo as people would: signs in, looks, writes a campaign, lets it be approved by
// somebody else, opts a customer out. Takes pictures, checks accessibility, and refuses any request that leaves.
//
// usage: node pages.mjs BASE_URL OUT_FOLDER DEMO_OUTPUT OUTBOX_FOLDER
import { chromium } from 'playwright-core';
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import { facts } from './facts.mjs';
import { guard } from './guard.mjs';
import { rights } from './rights.mjs';
import { rules } from './rules.mjs';
import { training } from './training.mjs';

const [base, out, demoOutput, outbox] = process.argv.slice(2);
// The links that the demo prints for one customer, and the opt-out header of another customer's mail.
const printed = fs.readFileSync(demoOutput, 'utf8');
const link = (letter) => printed.match(new RegExp(`/${letter}/(\\S+)`))[1];
const links = { why: link('w'), preferences: link('p'), unsubscribe: link('u') };
links.message = links.why.split('-')[0];
const mails = fs.readdirSync(outbox).filter((name) => name.endsWith('.eml') && !name.endsWith(`-${links.message}.eml`));
links.oneClick = fs.readFileSync(path.join(outbox, mails[0]), 'utf8').match(/List-Unsubscribe: <[^>]*\/u\/([^>]+)>/)[1];
const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
fs.mkdirSync(out, { recursive: true });

let passed = 0;
const failures = [];
function check(sentence, holds, detail = '') {
  if (holds) { passed += 1; console.log(`  ok   ${sentence}`); } else { failures.push(sentence); console.log(`  FAIL ${sentence} ${detail}`); }
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});

const leaving = [];
const problems = [];
async function visitor(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, bypassCSP: false, ...options });
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(base) && !url.startsWith('data:') && !url.startsWith('about:')) leaving.push(url);
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(`${page.url()}: ${error.message}`));
  page.on('console', (message) => { if (message.type() === 'error') problems.push(`${page.url()}: ${message.text()}`); });
  return page;
}
const picture = (page, name) => page.screenshot({ path: path.join(out, `${name}.png`), fullPage: true });

async function accessible(page, name) {
  // The page's policy allows no foreign script, so axe is evaluated by the browser's own tooling.
  await page.evaluate(axe);
  const result = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'], iframes: false }));
  const found = result.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(' | ')}`);
  check(`${name} has no accessibility violation`, found.length === 0, found.join('; '));
}

async function signIn(role, options = {}) {
  const page = await visitor(options);
  await page.goto(`${base}/sign-in`);
  await page.locator(`form:has(input[name="email"][value^="${role}@"]) button`).first().click();
  await page.waitForURL(`${base}/`);
  return page;
}

const beyond = (page) => page.evaluate(() => {
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  return wide > 0 ? `${wide} px too wide` : '';
});

await training({ base, signIn, picture, accessible, check, beyond });
console.log(problems, leaving, failures);
await browser.close();
