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
import { ledger } from './ledger.mjs';
import { rights } from './rights.mjs';
import { rules } from './rules.mjs';
import { fairness } from './fairness.mjs';
import { models } from './models.mjs';
import { training } from './training.mjs';
import { access } from './access.mjs';

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

// --- who is nobody gets nothing
const stranger = await visitor();
await stranger.goto(`${base}/customers`);
check('a stranger is led to the sign-in page', stranger.url().includes('/sign-in'));
await picture(stranger, 'sign-in');
await accessible(stranger, 'sign-in');
await stranger.fill('main form input[type="email"]', 'marta@aurora.example');
await stranger.fill('main form input[type="password"]', 'wrong');
await stranger.locator('main form:has(input[type="password"]:not([type="hidden"])) button').first().click();
check('a wrong password does not sign in', stranger.url().includes('/sign-in'));

// --- the marketer looks around
const marta = await signIn('marta');
for (const [name, where] of [['today', '/'], ['customers', '/customers'], ['campaigns', '/campaigns'], ['ledger', '/ledger']]) {
  await marta.goto(`${base}${where}`);
  await picture(marta, name);
  await accessible(marta, name);
}
await marta.goto(`${base}/customers?q=${encodeURIComponent('stage = churned and value.percentile >= 80 and country in ("ES", "PT")')}`);
check('a segment selects customers', await marta.locator('table a[href^="/customers/"]').count() > 0);
await marta.goto(`${base}/customers?q=${encodeURIComponent('stage = lapsed')}`);
check('a mistake in a segment is explained', (await marta.locator('main').innerText()).includes('lapsed'));
await marta.goto(`${base}/customers`);
await marta.locator('table a[href^="/customers/"]').first().click();
await marta.waitForLoadState();
await picture(marta, 'customer');
await accessible(marta, 'customer');
check('contact details are not for the marketer', !(await marta.content()).includes('@example.'));

// --- reports
await marta.goto(`${base}/campaigns/1`);
await picture(marta, 'report');
await accessible(marta, 'report');
check('a report has more than one page of messages', await marta.locator('nav.pages a[rel="next"]').count() === 1);
check('a report shows the control group', /control|held out/i.test(await marta.locator('main').innerText()));

// --- why, for people who work here
await marta.goto(`${base}/messages/${links.message}/why`);
await picture(marta, 'why');
await accessible(marta, 'why');
check('why names the approver', (await marta.locator('main').innerText()).includes('Oliver Grant'));

// --- a campaign that the guard holds back, then mended, submitted, approved by another person, launched
await marta.goto(`${base}/campaigns/new?template=win_back`);
await marta.fill('[name="name"]', 'Browser test campaign');
await marta.fill('[name="audience"]', 'stage = at_risk');
const body = marta.locator('textarea[name*="body"]').first();
const honest = await body.inputValue();
await body.fill(`${honest}\n\nLast hours! Only 3 left, the best coffee in the world.`);
await marta.locator('button[name="then"][value="save"]').first().click();
await marta.waitForLoadState();
await marta.waitForTimeout(800);
await picture(marta, 'compose-held');
await accessible(marta, 'compose');
const held = await marta.locator('main').innerText();
check('the guard names the rules that hold a text back', /M1|M3|C1/.test(held));
const edit = marta.url();
const id = edit.match(/campaigns\/(\d+)/)?.[1];
check('a saved campaign has a number', Boolean(id), edit);
await marta.goto(`${base}/campaigns/${id}/edit`);
await marta.locator('textarea[name*="body"]').first().fill(honest);
await marta.locator('button[name="then"][value="save"]').first().click();
await marta.waitForLoadState();
await marta.goto(`${base}/campaigns/${id}/edit`);
await picture(marta, 'compose-clear');
await marta.locator('button[name="then"][value="submit"]').first().click();
await marta.waitForLoadState();
await marta.goto(`${base}/campaigns/${id}`);
check('the author cannot approve', await marta.locator('form[action$="/approve"] button').count() === 0);

const oliver = await signIn('oliver');
await oliver.goto(`${base}/campaigns/${id}`);
await picture(oliver, 'review');
await accessible(oliver, 'review');
await oliver.locator('form[action$="/approve"] button').first().click();
await oliver.waitForLoadState();
await oliver.goto(`${base}/campaigns/${id}`);
check('somebody else can approve', await oliver.locator('form[action$="/launch"]').count() > 0);
await oliver.locator('form[action$="/launch"] button').first().click();
await oliver.locator('dialog[open] button').filter({ hasText: /launch/i }).first().click();
await oliver.waitForLoadState();
await oliver.waitForTimeout(3000);
await oliver.goto(`${base}/campaigns/${id}/report`);
await picture(oliver, 'running');
check('an approved campaign runs', /running|completed|sent|planned/i.test(await oliver.locator('main').innerText()));

// --- the ledger, verified on the page
await oliver.goto(`${base}/ledger`);
await oliver.locator('form[method="post"][action="/ledger"] button').first().click();
await oliver.waitForLoadState();
await picture(oliver, 'ledger-verified');
check('the ledger verifies on its page', /holds|verified/i.test(await oliver.locator('main').innerText()));

// --- Spanish, dark, small
// --- the privacy officer looks up what somebody agreed to, and a visitor signs up
const pilar = await signIn('pilar');
await pilar.goto(`${base}/consent`);
await picture(pilar, 'consent');
await accessible(pilar, 'consent');
await pilar.fill('#q', 'C-000007');
await pilar.locator('main form button').first().click();
check('the officer sees receipts with their proof', (await pilar.locator('.receipts > li').count()) > 0);
await picture(pilar, 'consent-customer');
await accessible(pilar, 'one customer’s consents');
// --- retention: nothing acts that was not looked at, and a mistake is explained beside its field
await pilar.goto(`${base}/retention`);
await accessible(pilar, 'retention');
const rejects = pilar.locator('#rejects');
check('no period acts before somebody looked', (await pilar.locator('.kept button[value="act"]').count()) === 0 && (await pilar.locator('.kept button[value="stop"]').count()) === 0);
await rejects.locator('input[name="days"]').fill('never');
await rejects.locator('button[value="set"]').click();
check('days that cannot be read are refused beside the field, which keeps them', (await rejects.locator('[role="alert"]').innerText()).includes('1 to 36,500') && (await rejects.locator('input[name="days"]').inputValue()) === 'never');
await rejects.locator('input[name="days"]').fill('45');
await rejects.locator('button[value="set"]').click();
await pilar.waitForURL(/done=retention_set/);
await rejects.locator('button[value="look"]').click();
await pilar.waitForURL(/done=retention_looked/);
await rejects.locator('button[value="act"]').click();
await pilar.waitForURL(/done=retention_active/);
check('after a look the period acts and can be stopped', (await rejects.locator('button[value="stop"]').count()) === 1 && (await rejects.innerText()).includes('acts'));
await picture(pilar, 'retention');
const keeping = await signIn('pilar', { viewport: { width: 390, height: 844 }, locale: 'es-ES' });
await keeping.goto(`${base}/retention`);
check('retention fits a phone', await keeping.evaluate(() => document.documentElement.scrollWidth <= 390));
await picture(keeping, 'phone-retention');

// --- the record of processing: the system says what it does, the officer what only people know
await pilar.goto(`${base}/processing`);
await accessible(pilar, 'the record of processing');
const untold = (await pilar.locator('main').innerText()).match(/Not stated yet/g).length;
await pilar.fill('#s-controller', 'Aurora Coffee S.L., Calle Mayor 1, Madrid');
await pilar.locator('main form[action="/processing"] button').click();
await pilar.waitForURL(/done=processing/);
const told = await pilar.locator('main').innerText();
check('what the officer states stands in both documents', told.split('Calle Mayor 1').length > 2 && told.match(/Not stated yet/g).length === untold - 2);
await picture(pilar, 'processing');
const record = await pilar.evaluate(async () => (await fetch('/processing/record.md')).text());
check('the record can be taken away as text', record.startsWith('# ') && record.includes('Calle Mayor 1') && record.includes('lake.purchases'));
for (const locale of ['en-GB', 'es-ES']) {
  const small = await signIn('pilar', { viewport: { width: 390, height: 844 }, locale });
  await small.goto(`${base}/processing`);
  check(`the record fits a phone (${locale})`, await small.evaluate(() => document.documentElement.scrollWidth <= 390));
  if (locale === 'es-ES') {
    check('the record is in Spanish', (await small.locator('main').innerText()).includes('Sin declarar todavía'));
    await picture(small, 'phone-processing');
  }
}
for (const locale of ['en-GB', 'es-ES']) {
  const visitorPage = await visitor({ viewport: { width: 390, height: 844 }, locale, javaScriptEnabled: true });
  await visitorPage.goto(`${base}/join`);
  check(`nothing is ticked on the sign-up page (${locale})`, (await visitorPage.locator('input:checked').count()) === 0);
  check(`the sign-up page fits a phone (${locale})`, await visitorPage.evaluate(() => document.documentElement.scrollWidth <= 390));
  await picture(visitorPage, `join-${locale}`);
  await accessible(visitorPage, `sign-up ${locale}`);
  await visitorPage.fill('#email', `visitor-${locale.toLowerCase()}@example.org`);
  await visitorPage.locator('input[name="marketing"]').check();
  await visitorPage.locator('main form button').click();
  await picture(visitorPage, `join-asked-${locale}`);
  await accessible(visitorPage, `sign-up asked ${locale}`);
}
const confirmation = fs.readdirSync(outbox).filter((name) => name.startsWith('service-')).sort()[0];
const confirmLink = fs.readFileSync(path.join(outbox, confirmation), 'utf8').replaceAll('=\r\n', '').match(/\/join\/[0-9a-f]{32}/)[0];
const confirming = await visitor({ viewport: { width: 390, height: 844 } });
await confirming.goto(`${base}${confirmLink}`);
await picture(confirming, 'join-confirm');
await accessible(confirming, 'sign-up to confirm');
await confirming.locator('main form button').click();
check('a sign-up is confirmed by a button', (await confirming.locator('main form').count()) === 0);
await picture(confirming, 'join-confirmed');
await accessible(confirming, 'sign-up confirmed');

const spanish = await signIn('marta', { colorScheme: 'dark', locale: 'es-ES' });
await picture(spanish, 'today-dark-es');
await accessible(spanish, 'today in the dark, in Spanish');
check('a Spanish browser gets Spanish pages', (await spanish.locator('html').getAttribute('lang')) === 'es');

// --- every page on a phone, in both languages
const someone = await marta.evaluate(async () => {
  const report = await (await fetch('/campaigns/1/report', { headers: { accept: 'application/json' } })).json();
  return { customer: report.messages[0].customer, excluded: report.messages.find((line) => line.state === 'excluded').id };
});
const staffPages = {
  today: '/', customers: '/customers', segment: `/customers?q=${encodeURIComponent('stage = churnd')}`,
  customer: `/customers/${someone.customer}`, campaigns: '/campaigns', report: '/campaigns/1/report',
  filtered: '/campaigns/1/report?show=excluded.no_consent', approved: '/campaigns/1/review', held: '/campaigns/4',
  edit: '/campaigns/4/edit', new: '/campaigns/new?template=win_back', why: `/messages/${links.message}/why`,
  excluded: `/messages/${someone.excluded}/why`, ledger: '/ledger', nowhere: '/nowhere',
};
const customerPages = { why: `/w/${links.why}`, preferences: `/p/${links.preferences}`, unsubscribe: `/u/${links.unsubscribe}` };
// Everything must lie within the window, tables that scroll by themselves aside.
const beyond = (page) => page.evaluate(() => {
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  return wide > 0 ? `${wide} px too wide` : '';
});
for (const [locale, language] of [['en-GB', 'en'], ['es-ES', 'es']]) {
  const phone = await signIn('marta', { viewport: { width: 390, height: 844 }, locale });
  for (const [name, where] of Object.entries({ ...staffPages, ...customerPages })) {
    await phone.goto(`${base}${where}`);
    check(`${name} fits on a phone (${language})`, await beyond(phone) === '', await beyond(phone));
    if (language === 'es') await picture(phone, `phone-${name}`);
  }
  await phone.goto(`${base}/campaigns`);
  const uplift = await phone.locator('td.uplift').first().boundingBox();
  check(`uplift is in sight on a phone (${language})`, uplift !== null && uplift.x + uplift.width <= 391);
  await phone.goto(`${base}/campaigns/1/report`);
  const labels = await phone.locator('svg.interval').evaluateAll((all) => all.flatMap((svg) => {
    const box = svg.getBoundingClientRect();
    return [...svg.querySelectorAll('text')].filter((text) => {
      const at = text.getBoundingClientRect();
      return at.left < box.left - 1 || at.right > box.right + 1;
    }).map((text) => text.textContent);
  }));
  check(`no label of an interval is cut (${language})`, labels.length === 0, labels.join(' '));
}

// --- nothing is left in English for a Spanish reader
const español = await signIn('marta', { locale: 'es-ES' });
await español.goto(`${base}/messages/${someone.excluded}/why`);
const why = await español.locator('main').innerText();
check('reasons are told in Spanish', /Consentimiento/.test(why) && !/granted|not suppressed|excluded/.test(why));
await español.goto(`${base}/customers?q=${encodeURIComponent('stage = churnd')}`);
check('a mistake in a segment is explained in Spanish', (await español.locator('main').innerText()).includes('no es una etapa'));
await español.goto(`${base}/campaigns/new?template=win_back`);
await español.fill('[name="name"]', 'Prueba');
await español.fill('[name="control_percent"]', '99');
await español.locator('button[name="then"][value="save"]').first().click();
await español.waitForLoadState();
check('a form that cannot be taken is answered in Spanish', (await español.locator('[role="alert"]').first().innerText()).includes('de 0 a 50'));

// --- the customer's own pages: without script, in their language
const customer = await visitor({ javaScriptEnabled: false, viewport: { width: 420, height: 860 } });
await customer.goto(`${base}/w/${links.why}`);
await picture(customer, 'customer-why');
await customer.goto(`${base}/p/${links.preferences}`);
await picture(customer, 'customer-preferences');
const before = await customer.goto(`${base}/u/${links.unsubscribe}`);
check('the opt-out page is small', (await before.body()).length < 50_000);
await picture(customer, 'customer-unsubscribe');
const one = await fetch(`${base}/u/${links.oneClick}`, {
  method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'List-Unsubscribe=One-Click', redirect: 'manual',
});
check('one click opts out', one.status === 200, String(one.status));
await customer.locator('form button').first().click();
await picture(customer, 'customer-unsubscribed');
await customer.goto(`${base}/u/${links.unsubscribe.slice(0, -1)}x`);
check('a link that was changed opens nothing', (await customer.content()).length < 20_000 && !(await customer.content()).includes('<form method="post" action="/u/'));
const reader = await visitor({ viewport: { width: 420, height: 860 } });
for (const [name, where] of [['why', `/w/${links.why}`], ['preferences', `/p/${links.preferences}`]]) {
  await reader.goto(`${base}${where}`);
  await accessible(reader, `the customer's ${name} page`);
}

// --- every right of a customer, from the click to the last receipt, and the officer's side of it
await guard({ base, visitor, signIn, picture, accessible, check, beyond });
await ledger({ base, visitor, signIn, picture, accessible, check, beyond });
await rules({ base, visitor, signIn, picture, accessible, check, beyond });
await fairness({ base, signIn, picture, accessible, check });
await models({ base, signIn, picture, accessible, check, beyond });
await training({ base, signIn, picture, accessible, check, beyond });
await access({ base, signIn, picture, accessible, check, beyond });
await facts({ base, visitor, signIn, picture, accessible, check, beyond });
await rights({ base, outbox, links, visitor, signIn, picture, accessible, check, beyond });

check('no request leaves the machine', leaving.length === 0, leaving.slice(0, 3).join(' '));
const expected = /status of 4\d\d/;
const serious = problems.filter((problem) => !expected.test(problem));
check('no script fails', serious.length === 0, serious.slice(0, 3).join(' | '));
await browser.close();
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
