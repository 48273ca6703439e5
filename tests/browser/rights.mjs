// A customer's walk through their own pages on a phone, without script: sees what is known, asks for a review, takes
// their data along, erases them. Then the officer's queue. Pictures of each.
import fs from 'node:fs';
import path from 'node:path';

const phone = { viewport: { width: 390, height: 844 } };

/** The newest link to a kind of page in the mails of the outbox. */
function mailed(outbox, page) {
  const files = fs.readdirSync(outbox, { recursive: true }).filter((name) => name.endsWith('.eml')).map((name) => path.join(outbox, name));
  files.sort((a, b) => fs.statSync(b).mtimeMs - fs.statSync(a).mtimeMs);
  for (const file of files) {
    const text = fs.readFileSync(file, 'utf8').replace(/=\r?\n/g, '').replace(/=3D/g, '=');
    const found = text.match(new RegExp(`/${page}/([0-9a-f]{32})`));
    if (found) return found[1];
  }
  return '';
}

export async function rights({ base, outbox, links, visitor, signIn, picture, accessible, check, beyond }) {
  const customer = await visitor({ javaScriptEnabled: false, ...phone });
  const reader = await visitor(phone);
  const weigh = async (where) => {
    const page = await reader.goto(`${base}${where}`);
    const css = await (await fetch(`${base}${await reader.locator('link[rel="stylesheet"]').getAttribute('href')}`)).text();
    return (await page.body()).length + css.length;
  };
  for (const [name, where] of [['centre', `/p/${links.preferences}`], ['data', `/p/${links.preferences}/data`], ['erase', `/p/${links.preferences}/erase`], ['ask', '/rights/ask']]) {
    const bytes = await weigh(where);
    check(`the ${name} page and its style are below 50 KB`, bytes < 50_000, `${bytes} bytes`);
    await accessible(reader, `the customer's ${name} page`);
    await customer.goto(`${base}${where}`);
    check(`${name} fits on a phone`, await beyond(reader) === '', await beyond(reader));
    await picture(customer, `rights-${name}`);
  }
  // Give and take back: one form, one button each.
  await customer.goto(`${base}/p/${links.preferences}`);
  await customer.locator('input[name="personalisation"][value="none"]').check();
  await customer.locator('form button.primary').first().click();
  check('preferences are saved without script', (await customer.locator('[role="status"]').count()) === 1);
  await customer.locator('form:has(input[name="nothing"]) button').click();
  check('one click switches everything off', (await customer.locator('input[type="checkbox"]:checked[name="channel"]').count()) === 0);
  // A review by a person, and the archive.
  await customer.goto(`${base}/p/${links.preferences}/data`);
  await customer.locator('summary').nth(2).click();
  await customer.locator('#w-review').fill('Why me?');
  await customer.locator('form:has(#w-review) button').click();
  check('a review is asked for', (await customer.locator('[role="status"]').count()) === 1);
  await customer.locator('button[value="access"]').click();
  await customer.goto(`${base}/c/${mailed(outbox, 'c')}`);
  await picture(customer, 'rights-confirm-archive');
  await customer.locator('main form button').click();
  const archive = await customer.locator('a[href^="/d/"]').getAttribute('href');
  const zip = await fetch(`${base}${archive}`);
  const bytes = Buffer.from(await zip.arrayBuffer());
  check('the archive is a zip with a summary', zip.status === 200 && bytes.subarray(0, 2).toString() === 'PK' && (bytes.includes('summary.html') || bytes.includes('resumen.html')));

  // The officer's side.
  const officer = await signIn('pilar');
  await officer.goto(`${base}/rights`);
  await picture(officer, 'rights-queue');
  await accessible(officer, 'the queue');
  await officer.locator('table.rights a[href^="/rights/"]').first().click();
  await officer.waitForLoadState();
  await picture(officer, 'rights-request');
  await accessible(officer, 'a request');
  await officer.locator('#said').fill('I looked at it myself. You had bought the week before.');
  await officer.locator('form[action$="/complete"] button').click();
  await officer.waitForLoadState();
  check('a person answers a review', /I looked at it myself/.test(await officer.locator('main').innerText()));
  await officer.setViewportSize(phone.viewport);
  await officer.goto(`${base}/rights`);
  check('the queue fits on a phone', await beyond(officer) === '', await beyond(officer));
  await picture(officer, 'rights-queue-phone');

  // From the click on erase to the last receipt.
  await customer.goto(`${base}/p/${links.preferences}/erase`);
  await customer.locator('button[value="erasure"]').click();
  check('the first step erases nothing', (await fetch(`${base}/p/${links.preferences}`)).status === 200);
  const confirm = mailed(outbox, 'c');
  await customer.goto(`${base}/c/${confirm}`);
  await picture(customer, 'rights-erase-step2');
  await customer.locator('main form button').click();
  await picture(customer, 'rights-erased');
  check('the last receipt is shown', (await customer.locator('dl.facts dt').count()) > 5);
  const gone = await customer.goto(`${base}/w/${links.why}`);
  await picture(customer, 'rights-old-link');
  check('an old link says calmly that the data are gone', gone.status() === 410 && /erased|borrado/.test(await customer.locator('main').innerText()));
  await reader.goto(`${base}/w/${links.why}`);
  await accessible(reader, 'the page of an old link');
  await officer.setViewportSize({ width: 1360, height: 900 });
  await officer.goto(`${base}/rights?which=closed&kind=erasure`);
  await officer.locator('table.rights a[href^="/rights/"]').first().click();
  await officer.waitForLoadState();
  await picture(officer, 'rights-receipts');
  check('the officer keeps the receipts and no name', /erased|Receipts/i.test(await officer.locator('main').innerText()));
}
